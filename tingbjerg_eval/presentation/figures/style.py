"""The one look of every figure: colours, fonts, axes.

Colours are told apart by people with any colour vision and in grey print: the treated area is
dark and heavy, the comparison areas pale and thin, and shape or a word always says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tingbjerg_eval.presentation.figures import style

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

INK = "#1b2733"
MUTED = "#55606b"
COMPARISON = "#8a949e"
COMPARISON_MEAN = "#4b5661"
PALE = "#c5ccd3"
BAND = "#eef1f4"
ACCENT = "#0b4f8a"
ACCENT_PALE = "#dbe7f3"
GOAL = "#9a3412"
WHITE = "#ffffff"

WIDTH = 7.2
HEIGHT = 3.7
FONT = "Source Sans Pro"
FALLBACK_FONTS = f"'{FONT}', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
HIDDEN_HEIGHT = 0.05
"""Height of the mark of a hidden figure, as part of the axis: the same for every figure."""

RC: dict[RcKeyType, object] = {
    "text.parse_math": False,
    "font.family": [FONT],
    "font.size": 10.5,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.facecolor": WHITE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "grid.color": "#e3e7eb",
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "ytick.left": False,
    "figure.facecolor": WHITE,
    "figure.dpi": 100,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.8,
    "svg.fonttype": "none",
    "svg.hashsalt": "tingbjerg",
    "svg.image_inline": True,
    "path.simplify": False,
}


SMALL: dict[RcKeyType, object] = {"font.size": 8.0, "axes.linewidth": 0.6, "lines.markersize": 2.4}
"""What differs in a figure of half the width."""
PALETTE = (style.ACCENT, style.COMPARISON, style.GOAL, style.COMPARISON_MEAN, style.PALE)
"""The treated area's colour first."""


@contextmanager
def applied(*, small: bool = False) -> Iterator[None]:
    """Draw in the project's style, whatever the machine's own settings are."""
    import matplotlib

    add_fonts()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC | SMALL if small else RC)
        yield


@lru_cache
def add_fonts() -> None:
    """Make the project's font known to matplotlib, once."""
    from matplotlib import font_manager

    for path in font_files():
        font_manager.fontManager.addfont(str(path))


@lru_cache
def font_files() -> tuple[Path, ...]:
    """Font files of the report, from the font's own package."""
    from importlib.resources import files

    folder = Path(str(files("font_source_sans_pro"))) / "files"
    names = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
    return tuple(folder / f"SourceSansPro-{name}.ttf" for name in names)


def seaborn() -> ModuleType:
    """seaborn, set to the look of the reports' figures: fonts, colours, axes.

    Loaded only here; no report is drawn with it. The look stays for the session.

    Returns
    -------
    module
        seaborn itself.

    Examples
    --------
    >>> sns = te.figures.seaborn()
    >>> rates = study.rates("burglary").query("role == 'treated'")
    >>> sns.relplot(rates, x="quarter", y="rate", kind="line").ax.get_ylabel()
    'rate'
    """
    sns = import_module("seaborn")
    style.add_fonts()
    sns.set_theme(style="white", palette=PALETTE, rc=style.RC)
    return sns
