"""Controls for an explorer in JupyterLab; every part shown follows them.

A part brings its static block along, so that a front end without widgets, and the notebook when
it is opened later, still show the last figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Any

import ipywidgets as widgets
import pandas as pd
from itables.widget import ITable
from markupsafe import escape
from traitlets import Tuple

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.exploring.chosen import Choice, area_names
from tingbjerg_eval.exploring.explorer import PARTS, Explorer
from tingbjerg_eval.exploring.formatters import dressed, for_a_person
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.presentation.blocks.display import Block, Bundle
from tingbjerg_eval.presentation.blocks.tables import Table

ACROSS = 3
WIDE = {"style": {"description_width": "8em"}, "layout": {"width": "36em"}}
PAGE = 13


class LiveExplorer(Explorer):
    """An explorer whose parts follow its controls."""

    def __init__(self, study: Study, choice: Choice, *, protected: bool = True):
        super().__init__(study, choice, protected=protected)
        self._parts: dict[str, LivePart] = {}
        self._controls: Controls | None = None

    def part(self, name: str) -> LivePart:
        """One part, followed from now on."""
        if name not in self._parts:
            self._parts[name] = LivePart(self, name)
        return self._parts[name]

    def controls(self) -> Controls:
        """The controls; there is one set of them."""
        if self._controls is None:
            self._controls = Controls(self)
            Thread(target=self._prepare).start()
        return self._controls

    def _prepare(self) -> None:
        """Protect every indicator while the reader looks at the first, so that none is waited for.

        Two threads that come to the same indicator find the same answer. The thread is waited for
        when the program ends: the solver must not be cut off.
        """
        for indicator in self.study.settings.indicators_of("count"):
            self.area_counts(indicator)

    def choose(self, **changed: Any) -> LiveExplorer:
        """Look at something else; controls and parts follow."""
        super().choose(**changed)
        if self._controls is not None:
            self._controls.follow()
        for name in PARTS:
            if name in self._parts:
                self._parts[name].redraw()
        return self


class LivePart:
    """One part of an explorer: a widget, and its static block for those who have no widgets."""

    def __init__(self, explorer: LiveExplorer, name: str):
        self.explorer, self.name = explorer, name
        self.widget: widgets.Widget | None = None

    @property
    def block(self) -> Block:
        """The part as it is now."""
        return self.explorer.still(self.name)

    def redraw(self) -> None:
        """Show the part for the present choice, where it is shown at all."""
        if self.widget is not None:
            _fill(self.widget, self.block)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        block = self.block
        if self.widget is None:
            self.widget = ITable() if isinstance(block, Table) else widgets.HTML()
        _fill(self.widget, block)
        return both(self.widget, block)


class Controls:
    """The controls of an explorer, and the present choice in a sentence."""

    def __init__(self, explorer: LiveExplorer):
        self.explorer = explorer
        self.inputs = _inputs(explorer)
        self.said = widgets.HTML()
        self.widget = widgets.VBox([*self.inputs.values(), self.said])
        self._following = False
        self.follow()
        for control in self.inputs.values():
            control.observe(self._changed, names="value")

    def follow(self) -> None:
        """Show the present choice."""
        self._following = True
        for name, control in self.inputs.items():
            value = getattr(self.explorer.choice, name)
            if name != "comparison" or self._chosen() != value:
                control.value = value
        self._following = False
        self.said.value = dressed(str(self.explorer.described().html()))

    def _chosen(self) -> tuple[str, ...]:
        """The chosen comparison areas without the area itself, which stays marked in the list."""
        area = self.explorer.choice.area
        return tuple(one for one in self.inputs["comparison"].value if one != area)

    def _changed(self, _: object) -> None:
        if self._following:
            return
        try:
            self.explorer.choose(**{name: one.value for name, one in self.inputs.items()})
        except InputRefused as refused:
            words = self.explorer.words
            self.said.value = str(escape(words("explore.mistake", reason=refused)))

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return both(self.widget, self.explorer.described())


def both(widget: widgets.Widget, block: Block) -> Bundle:
    """The widget, and the block for a front end that has none."""
    shown = widget._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    return {**data, **for_a_person(block._repr_mimebundle_())}


def _inputs(explorer: LiveExplorer) -> Mapping[str, widgets.Widget]:
    study, words = explorer.study, explorer.words
    titles = [(one.title, name) for name, one in study.settings.indicators.items()]
    quarters = {
        name: [(words.quarter(one), one) for one in quarter_range(*map(str, window))]
        for name, window in (("first", study.design.baseline), ("last", study.design.period))
    }
    options = {"indicator": titles, "area": area_names(study), **quarters}
    chosen = explorer.choice
    drop = {
        name: widgets.Dropdown(
            options=of, value=getattr(chosen, name), description=words(f"explore.{name}"),
            **WIDE,
        )
        for name, of in options.items()
    }  # fmt: skip
    drop["comparison"] = Checkboxes(
        study.design.comparison, chosen.comparison, description=words("explore.comparison")
    )
    return drop


class Checkboxes(widgets.VBox):  # type: ignore[misc]  # ipywidgets carries no types
    """A box for each of ``options`` to tick; ``value`` holds the ticked ones in their order."""

    value = Tuple()

    def __init__(self, options: tuple[str, ...], value: tuple[str, ...], *, description: str):
        self.boxes = {
            one: widgets.Checkbox(value=one in value, description=one, indent=False)
            for one in options
        }
        grid = widgets.GridBox(
            list(self.boxes.values()), layout={"grid_template_columns": f"repeat({ACROSS}, 12em)"}
        )
        super().__init__([widgets.Label(description), grid], value=value)
        self._setting = False
        for box in self.boxes.values():
            box.observe(self._ticked, names="value")
        self.observe(self._set, names="value")

    def _ticked(self, _: object) -> None:
        if not self._setting:
            self.value = tuple(one for one, box in self.boxes.items() if box.value)

    def _set(self, change: Mapping[str, Any]) -> None:
        self._setting = True
        for one, box in self.boxes.items():
            box.value = one in change["new"]
        self._setting = False


def _fill(widget: widgets.Widget, block: Block) -> None:
    if isinstance(widget, widgets.HTML):
        widget.value = dressed(str(block.html()))
    else:
        caption = block.caption if isinstance(block, Table) else ""
        widget.update(cells(block), caption=caption, showIndex=False, pageLength=PAGE, maxBytes=0)


def cells(table: Block) -> pd.DataFrame:
    """A table's cells as they are written, headed as they are headed; a sentence is one cell."""
    if not isinstance(table, Table):
        return pd.DataFrame({"": [table.text()]})
    headings = [column["heading"] for column in table.columns]
    return pd.DataFrame([[one.text for one in row] for row in table.cells], columns=headings)
