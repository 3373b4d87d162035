"""Axes and figures that show themselves with an alternative text, in a notebook as in a report.

They are made without ``pyplot``: nothing is drawn twice, nothing stays in memory, and no
setting of the machine is touched.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from tingbjerg_eval.presentation.blocks import pictures
from tingbjerg_eval.presentation.figures import style


class ReportAxes(Axes):
    """Axes whose last expression in a cell shows the accessible figure."""

    def _repr_mimebundle_(self, **_):
        return shown(self.figure)._repr_mimebundle_()


def new_axes(*, width: float = style.WIDTH, height: float = style.HEIGHT, margins=()) -> ReportAxes:
    """One pair of axes on a figure of its own; ``margins`` are left, right, bottom, top."""
    figure = Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    left, right, bottom, top = margins or (0.075, 0.77, 0.13, 0.87)
    return figure.add_axes((left, bottom, right - left, top - bottom), axes_class=ReportAxes)


def shown(figure: Figure) -> pictures.Figure:
    """The display object of a figure made here."""
    return pictures.Figure(figure)
