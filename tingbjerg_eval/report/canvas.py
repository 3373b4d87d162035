"""Axes and figures that show themselves with an alternative text, in a notebook as in a report.

They are made without ``pyplot``: nothing is drawn twice, nothing stays in memory, and no
setting of the machine is touched.
"""

from __future__ import annotations

import io
import re
import warnings

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tingbjerg_eval.report import style

ALT = "_report_alt"
CAPTION = "_report_caption"
NOTES = "_report_notes"


class ReportAxes(Axes):
    """Axes whose last expression in a cell shows the accessible figure."""

    def _repr_mimebundle_(self, **_):
        return shown(self.figure)._repr_mimebundle_()


class ReportFigure(Figure):
    """A figure of several axes that shows itself in the same way."""

    def _ipython_display_(self):
        from IPython.display import display

        display(shown(self)._repr_mimebundle_(), raw=True)


def new_axes(*, width: float = style.WIDTH, height: float = style.HEIGHT, margins=()) -> ReportAxes:
    """One pair of axes on a figure of its own; ``margins`` are left, right, bottom, top."""
    return new_grid(1, 1, width=width, height=height, margins=margins)[1][0]


def new_grid(rows: int, columns: int, *, width: float, height: float, margins=(), **kinds):
    """A figure and its axes, row by row."""
    figure = ReportFigure(figsize=(width, height))
    FigureCanvasSVG(figure)
    grid = figure.subplots(
        rows, columns, squeeze=False, subplot_kw={"axes_class": ReportAxes}, **kinds
    )
    left, right, bottom, top = margins or (0.075, 0.77, 0.13, 0.87)
    figure.subplots_adjust(left=left, right=right, bottom=bottom, top=top)
    return figure, list(grid.flat)


def describe(figure: Figure, *, alt: str, caption: str, notes: tuple[str, ...] = ()) -> None:
    """Keep what a reader who cannot see the figure is told."""
    setattr(figure, ALT, alt)
    setattr(figure, CAPTION, caption)
    setattr(figure, NOTES, tuple(notes))


def shown(figure: Figure):
    """The display object of a figure made here."""
    from tingbjerg_eval.report import display

    return display.Figure(figure)


def svg(figure: Figure) -> str:
    """The figure as SVG: the same bytes for the same figure, without date or program name.

    Texts stay texts. A sign that the figure's font lacks is shown in the reader's own, so that
    its absence here, where texts are only measured, is nothing to warn of.
    """
    buffer = io.StringIO()
    with style.applied(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(
            buffer,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return _lean(buffer.getvalue())


def _lean(text: str) -> str:
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*", "", text, flags=re.S)
    text = re.sub(rf"'{style.FONT}'(, [^;\"]+)?", style.FALLBACK_FONTS, text)
    text = re.sub(r'\b(d|x|y|transform)="[^"]*"', _two_decimals, text)
    return re.sub(r"\n\s*", "\n", text)


def _two_decimals(attribute: re.Match[str]) -> str:
    return re.sub(r"(?<=\d\.\d\d)\d+", "", attribute[0])
