"""Which extra of the package brings a library that is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from tingbjerg_eval.inputs.errors import BadInput

EXTRAS = {
    "report": (
        "babel", "bs4", "font_source_sans_pro", "ipykernel", "IPython", "jinja2",
        "jupyter_client", "matplotlib", "nbclient", "nbconvert", "nbformat", "openpyxl",
        "papermill", "psutil", "pypdf", "pypdfium2", "typst", "filelock", "markupsafe", "docx",
    ),
    "lab": ("anywidget", "ipywidgets", "itables", "jupyterlab", "seaborn"),
    "formats": ("pyarrow", "pyreadstat"),
    "database": ("psycopg",),
    "cluster": ("distributed", "dask"),
}  # fmt: skip
"""Each extra and the modules that it brings."""


class NotInstalled(BadInput, ModuleNotFoundError):
    """A library that one of the extras brings is not there."""


@contextmanager
def named_extra() -> Iterator[None]:
    """A library that is missing meanwhile is named with the extra that brings it.

    Raises
    ------
    NotInstalled
        Where an extra brings the library.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        raise (told(missing) or missing) from None


def need(module: str) -> None:
    """Ask for the library that a command is for, before any other that is missing is named.

    Raises
    ------
    NotInstalled
        Where it is not there.
    """
    if find_spec(module) is None:
        with named_extra():
            raise ModuleNotFoundError(name=module)


def told(missing: ModuleNotFoundError) -> NotInstalled | None:
    """The error that names the extra; ``None`` where none brings the module."""
    top = (missing.name or "").partition(".")[0]
    extra = next((name for name, modules in EXTRAS.items() if top in modules), "")
    if not extra or isinstance(missing, NotInstalled):
        return None
    return NotInstalled(
        f"This needs {top}, which is not installed. "
        f"Give: pip install 'tingbjerg-eval[{extra}]' (or [all]).",
        name=missing.name,
    )
