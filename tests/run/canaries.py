"""Notebooks with a CPR number planted where people and tools leave things."""

from __future__ import annotations

from nbformat import v4

START = "import pandas as pd\nimport tingbjerg_eval as te\n"


def planted(number: int) -> str:
    """A canary of its own for each place."""
    return f"0101{number:02d}-1234"


def _code(source: str, *tags: str, **metadata):
    return v4.new_code_cell(source, metadata={"tags": list(tags), **metadata})


def notebook(*cells, **metadata):
    """A report notebook with ``cells`` between its parameters and its end."""
    opening = [_code('note = ""\nstudy = ""', "parameters"), _code(START)]
    end = _code("te.end()", "end", "not-in-report")
    made = v4.new_notebook(cells=[*opening, *cells, end], metadata=metadata)
    for at, cell in enumerate(made.cells):
        cell["id"] = f"cell-{at}"
    return made


def _quiet() -> dict[str, tuple[list, dict]]:
    """Places of which nothing is shown: their cells, and the notebook's metadata."""
    c = [planted(number) for number in range(20)]
    shown = "from IPython.display import display\n"
    attached = v4.new_markdown_cell("Ord.")
    attached["attachments"] = {f"{c[8]}.txt": {"text/plain": c[8]}}
    return {
        "parameter": ([], {}),
        "code comment": ([_code(f"# {c[1]}")], {}),
        "text in code": ([_code(f"kept = '{c[2]}'")], {}),
        "cell metadata": ([_code("kept = 1", remark=c[3])], {}),
        "cell tag": ([_code("kept = 1", c[4])], {}),
        "notebook metadata": ([], {"title": c[5], "authors": [{"name": c[5]}]}),
        "widget state": ([], {"widgets": {"application/vnd.jupyter.widget-state+json": {
            "version_major": 2, "version_minor": 0, "state": {"a": {"state": {"value": c[6]}}}}}}),
        "raw cell": ([v4.new_raw_cell(c[7])], {}),
        "attachment": ([attached], {}),
        "comment in prose": ([v4.new_markdown_cell(f"Ord.\n\n<!-- {c[9]} -->")], {}),
        "unused link in prose": ([v4.new_markdown_cell(f"Ord.\n\n[x]: # '{c[10]}'")], {}),
        "removed prose": ([v4.new_markdown_cell(c[11], metadata={"tags": ["remove-cell"]})], {}),
        "printed text": ([_code(f"print('{c[12]}')")], {}),
        "removed output": ([_code(f"'{c[13]}'", "remove-output")], {}),
        "output not in the report": ([_code(f"'{c[14]}'", "not-in-report")], {}),
        "data beside a block": ([_code(
            f"{shown}data = te.show('Ord.')._repr_mimebundle_()\n"
            f"display({{**data, 'application/json': {{'a': '{c[15]}'}}}}, raw=True)")], {}),
        "metadata of an output": ([_code(
            f"{shown}data = te.show('Ord.')._repr_mimebundle_()\n"
            f"display(data, raw=True, metadata={{'a': '{c[16]}'}})")], {}),
    }  # fmt: skip


QUIET = _quiet()
"""Places that are left out; the parameter is given by the test."""


def quiet_notebook():
    """One notebook with a canary in every place that is left out."""
    metadata = {key: value for _, more in QUIET.values() for key, value in more.items()}
    return notebook(*(cell for cells, _ in QUIET.values() for cell in cells), **metadata)


FIGURE = (
    "import matplotlib.figure\nf = matplotlib.figure.Figure()\nax = f.subplots()\nax.plot([1, 2])\n"
)
FRAME = "pd.DataFrame({'A': ['x'], 'B': ['y']})"
LOUD = {
    "text on stderr": "import sys\nprint('{c}', file=sys.stderr)",
    "warning": "import warnings\nwarnings.warn('{c}')",
    "error text": "raise ValueError('{c}')",
    "table as pandas shows it": "pd.DataFrame({'a': ['{c}']})",
    "tooltip of a styled table": (
        "d = pd.DataFrame({'a': [1]})\nd.style.set_tooltips(pd.DataFrame({'a': ['{c}']}))"
    ),
    "html": "from IPython.display import HTML\nHTML('<p hidden>{c}</p>')",
    "json": "from IPython.display import JSON\nJSON({'a': '{c}'})",
    "value of a cell": "'{c}'",
    "script": "from IPython.display import Javascript\nJavascript('/* {c} */')",
    "vector drawing": "from IPython.display import SVG\nSVG('<svg><desc>{c}</desc></svg>')",
    "widget view": (
        "from IPython.display import display\n"
        "display({'application/vnd.jupyter.widget-view+json': {'model_id': '{c}'},"
        " 'text/plain': '{c}'}, raw=True)"
    ),
    "sentence": "te.show('{c}')",
    "caption of a table": f"te.show({FRAME}, caption='{{c}}')",
    "heading of a table": f"te.show({FRAME}.rename(columns={{'B': '{{c}}'}}), caption='T')",
    "cell of a table": f"te.show({FRAME}.assign(B='{{c}}'), caption='T')",
    "note of a table": f"te.show({FRAME}, caption='T', notes=['{{c}}'])",
    "axis label": FIGURE + "ax.set_xlabel('{c}')\nte.Figure(ax, alt='Ord.', caption='F')",
    "title of a figure": FIGURE + "ax.set_title('{c}')\nte.Figure(ax, alt='Ord.', caption='F')",
    "alternative text": FIGURE + "te.Figure(ax, alt='{c}', caption='F')",
    "caption of a figure": FIGURE + "te.Figure(ax, alt='Ord.', caption='{c}')",
}
"""Places that are shown: a report that holds one is stopped."""


def loud_notebook(place: str, canary: str):
    """A notebook with the canary in one place that is shown."""
    return notebook(_code(LOUD[place].replace("{c}", canary)))


def plain_notebook(text: str = "Ord.", *, code: bool = False):
    """A notebook of one sentence, or of one line of code."""
    return notebook(_code(text) if code else v4.new_markdown_cell(text))
