"""Axes and figures that show themselves with an alternative text, in a notebook as in a report.

They are made without ``pyplot``: nothing is drawn twice, nothing stays in memory, and no
setting of the machine is touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import figure as matplotlib_figure
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.presentation.blocks.display import Bundle
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.figures import style


class ReportAxes(Axes):
    """Axes whose last expression in a cell shows the accessible figure."""

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return Figure(figure_of(self))._repr_mimebundle_()


def new_axes(
    *, width: float = style.WIDTH, height: float = style.HEIGHT, margins: Sequence[float] = ()
) -> ReportAxes:
    """One pair of axes on a figure of its own; ``margins`` are left, right, bottom, top."""
    figure = matplotlib_figure.Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    left, right, bottom, top = margins or (0.075, 0.77, 0.13, 0.87)
    axes = ReportAxes(figure, (left, bottom, right - left, top - bottom))
    figure.add_axes(axes)
    return axes


def figure_of(ax: Axes) -> matplotlib_figure.Figure:
    """The whole figure that ``ax`` is drawn on.

    Raises
    ------
    WrongArgument
        Where the axes have been taken off their figure.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise WrongArgument("The axes are on no figure.")
    return figure
