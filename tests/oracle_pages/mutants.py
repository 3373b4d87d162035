"""Put wrong numbers into the product, one at a time, and see whether the oracle notices.

    OMP_NUM_THREADS=1 python -m tests.oracle_pages.mutants [NAME ...]

The pages are made in this process, so that a broken function is the one that makes them; what the
studies have worked out once is kept. Minutes.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import nbformat
from nbformat import v4

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
ROOT = HERE.parents[1]
SECTIONS, TARGETS = "tingbjerg_eval.report.sections.", "tingbjerg_eval.targets."
WORDS = "tingbjerg_eval.presentation.words."


@dataclass(frozen=True)
class Mutant:
    """One text of a module changed."""

    name: str
    module: str
    old: str
    new: str


MUTANTS = (
    Mutant("spent as maximum", f"{TARGETS}money",
           'spent = rows.groupby(year)["spent_dkk"].sum()',
           'spent = rows.groupby(year)["spent_dkk"].max()'),
    Mutant("interval's ends swapped", f"{WORDS}estimates",
           "least, most = sorted(map(abs, changes))", "most, least = sorted(map(abs, changes))"),
    Mutant("avoided reports' ends swapped", f"{SECTIONS}money",
           "least, most = sorted((abs(", "most, least = sorted((abs("),
    Mutant("cost rounded to 10,000s", f"{SECTIONS}money",
           "value=words.money(round(found.dkk_per_report, -2))",
           "value=words.money(round(found.dkk_per_report, -4))"),
    Mutant("over and under the frame swapped", f"{SECTIONS}money",
           'if total["over_frame"] else "spent"', 'if not total["over_frame"] else "spent"'),
    Mutant("smallest rise for smallest fall", f"{TARGETS}verdicts",
           "found = smallest.fall if wants_fewer else smallest.rise",
           "found = smallest.rise if wants_fewer else smallest.fall"),
    Mutant("smallest rise for fall from the interval", f"{TARGETS}answers",
           "(-1 if fall else 1)", "(1 if fall else -1)"),
    Mutant("leave-one-out range from one row", f"{SECTIONS}robustness",
           '"lower": values.min(), "upper": values.max()',
           '"lower": values.iloc[0], "upper": values.iloc[0]'),
    Mutant("exploratory targets in robustness", f"{SECTIONS}robustness",
           "if one.target.primary and isinstance(one.effect, Estimate)",
           "if isinstance(one.effect, Estimate)"),
    Mutant("areas in reverse", f"{SECTIONS}target_cards",
           "key=lambda item: item[1].priority)", "key=lambda item: -item[1].priority)"),
    Mutant("shortfall .1 as .9", f"{SECTIONS}course",
           "LARGE_SHORTFALL = 0.1", "LARGE_SHORTFALL = 0.9"),
    Mutant("last value for the first in the alternative text",
           "tingbjerg_eval.presentation.figures.alt_text",
           '("first", said.iloc[0])', '("first", said.iloc[-1])'),
    Mutant("baseline and latest swapped", f"{SECTIONS}answer_rows",
           "in (verdict.baseline, verdict.latest)", "in (verdict.latest, verdict.baseline)"),
    Mutant("gate of problems taken out", f"{SECTIONS}problems",
           "bool(name) and not shown.shown(name, study.design.baseline)", "False"),
)  # fmt: skip


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """The module's functions and plain constants as the changed text has them."""
    module = importlib.import_module(mutant.module)
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    if mutant.old not in text:
        raise ValueError(f"{mutant.name}: {mutant.old!r} is not in {mutant.module}")
    ast.parse(changed := text.replace(mutant.old, mutant.new))
    _take(module, changed)
    try:
        yield
    finally:
        _take(module, text)


def _take(module: object, text: str) -> None:
    space = dict(vars(module))
    exec(compile(text, str(module.__file__), "exec"), space)  # type: ignore[attr-defined]
    for name, old in list(vars(module).items()):
        new = space[name]
        if isinstance(old, FunctionType) and old.__module__ == module.__name__:  # type: ignore[attr-defined]
            # A wrapper's code is the same for every function that it wraps.
            inspect.unwrap(old).__code__ = inspect.unwrap(new).__code__
        elif isinstance(old, float):
            setattr(module, name, new)


class Studies:
    """The studies of the tests, open, and their reports made in this process."""

    def __init__(self, folder: Path) -> None:
        from made_decimals import write_decimal_study
        from made_studies import write_small_study

        import tingbjerg_eval as te
        from tingbjerg_eval.demo.write import write_demo

        write_demo(folder / "demo-study")
        write_small_study(folder / "small-study")
        write_small_study(folder / "priced-study", priced=True)
        write_decimal_study(folder / "decimals-study")
        self.folder = folder
        self.which = {
            "small": ("small-study", None), "small-quarter": ("small-study", "2013K2"),
            "priced": ("priced-study", None), "demo-quarter": ("demo-study", "2011K2"),
            "demo": ("demo-study", None), "decimals": ("decimals-study", None),
            "decimals-quarter": ("decimals-study", "2013K2"),
        }  # fmt: skip
        places = {place for place, _ in self.which.values()}
        self.open = {place: te.open_study(folder / place) for place in places}
        self.outcomes: dict[str, object] = {}

    def story(self, name: str) -> object:
        """The report ``name`` made anew, and the oracle's story of it."""
        from deliveries import Deliveries
        from finished import Finished
        from outcomes import Outcomes
        from said import Story

        place, quarter = self.which[name]
        if name not in self.outcomes:
            self.outcomes[name] = Outcomes(Deliveries(self.folder / place, quarter))
        outcomes = self.outcomes[name]
        return Story(outcomes.deliveries, Finished(self._made(name)), outcomes)  # type: ignore[attr-defined]

    def _made(self, name: str) -> Path:
        import tingbjerg_eval as te
        from tingbjerg_eval.memo import handover
        from tingbjerg_eval.publication.publication import published_chain
        from tingbjerg_eval.report.pages import pdf

        place, quarter = self.which[name]
        study = self.open[place]
        _forget(study)
        report = te.open_report(study, "quarterly" if quarter else "end_of_period", quarter=quarter)
        pdf.pdf = lambda *_, **__: b""
        context = {"folder": self.folder / place, **report.context()}
        files = handover.render(_executed(report), context)
        out = self.folder / name / "reports" / report.name
        out.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (out / file).write_bytes(content)
        chain = published_chain(study, [report.name])
        internal = self.folder / name / "internal"
        internal.mkdir(exist_ok=True)
        text = json.dumps({"reports": [chain[report.name]]})
        (internal / "ledger.json").write_text(text, encoding="utf-8")
        return out


def _forget(study: object) -> None:
    """What a broken function would not be asked for again: all but what the statistics said."""
    held = study.memo._held  # type: ignore[attr-defined]
    for key in list(held):
        answer = getattr(key, "name", "tingbjerg_eval.stats.")
        if "_evaluate" in key or not answer.startswith("tingbjerg_eval.stats."):
            del held[key]


def _executed(report: object) -> nbformat.NotebookNode:
    notebook = nbformat.read(ROOT / "notebooks" / f"{report.kind}.ipynb", as_version=4)  # type: ignore[attr-defined]
    unseen = {"parameters", "not-in-report", "remove-cell"}
    cells = [one for one in notebook.cells if not unseen & set(one.metadata.get("tags", ()))]
    for cell in cells:
        if cell.cell_type == "code":
            shown = eval(cell.source, {"report": report})
            data = shown._repr_mimebundle_()
            cell.outputs = [v4.new_output("execute_result", data=data, execution_count=1)]
    return v4.new_notebook(cells=cells)


def noticed(studies: Studies) -> str:
    """The first report and test that notice something; empty for none."""
    import test_pages as tests
    from comparing import END, QUARTERLY, disagreements

    whole: tuple[Callable, ...] = (
        tests.test_three_answers_are_given_for_every_target,
        tests.test_the_first_pages_signs_are_the_verdicts,
        tests.test_the_main_targets_files_hold_the_pages_figures,
    )
    for name, (_, quarter) in studies.which.items():
        try:
            story = studies.story(name)
            for section in QUARTERLY if quarter else END:
                if told := disagreements(story, section):
                    return f"{name}, {section}: {told[0][:90]} / {told[-1][:90]}"
            for test in () if quarter else whole:
                test({name: story}, name)
        except Exception as error:
            return f"{name}: {type(error).__name__} {str(error)[:80]}"
    return ""


def main(names: list[str]) -> int:
    """Every mutant, or those whose name holds one of ``names``; the survivors' number."""
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        studies = Studies(Path(folder))
        print(f"unbroken: {noticed(studies) or 'nothing noticed'}", flush=True)
        for mutant in MUTANTS:
            if names and not any(name in mutant.name for name in names):
                continue
            with broken(mutant):
                told = noticed(studies)
            survivors += not told
            print(f"{'noticed ' if told else 'SURVIVED'} {mutant.name}: {told}", flush=True)
    return survivors


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)
