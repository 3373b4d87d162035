"""Axes and figures that show themselves with an alternative text, in a notebook as in a report.

They are made without ``pyplot``: nothing is drawn twice, nothing stays in memory, and no
setting of the machine is touched.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tingbjerg_eval.presentation.blocks import display
from tingbjerg_eval.presentation.figures import style


class ReportAxes(Axes):
    """Axes whose last expression in a cell shows the accessible figure."""

    def _repr_mimebundle_(self, **_):
        return shown(self.figure)._repr_mimebundle_()


class ReportFigure(Figure):
    """A figure of several axes that shows itself in the same way."""

    def _ipython_display_(self):
        from IPython.display import display as show

        show(shown(self)._repr_mimebundle_(), raw=True)


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


def shown(figure: Figure) -> display.Figure:
    """The display object of a figure made here."""
    return display.Figure(figure)
