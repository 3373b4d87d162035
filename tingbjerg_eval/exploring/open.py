"""``te.explore``: a study opened for looking around."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.exploring.chosen import usual_choice
from tingbjerg_eval.exploring.explorer import Explorer
from tingbjerg_eval.exploring.formatters import has_frontend
from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.inputs.speaking import speak


@checked
def explore(
    study: str | Path | Study,
    *,
    data: str | Path | None = None,
    indicator: str = "",
    area: str = "",
    first: str = "",
    last: str = "",
    comparison: Sequence[str] = (),
    protected: bool = True,
    controls: bool | None = None,
) -> Explorer:
    """Look around in a study.

    Parameters
    ----------
    study, data
        Path of ``study.yaml`` or a study already opened, and another data folder than it names.
    indicator, area, first, last, comparison
        What is looked at first, as in :class:`Choice`; by default the study's first indicator,
        its treated area, its windows and its comparison areas.
    protected
        ``False`` shows small counts too, for work inside the house: a banner says so on
        everything that is shown.
    controls
        Whether the parts follow controls; by default where a person works in a notebook.

    Returns
    -------
    Explorer
        Its parts are shown by their names.

    Raises
    ------
    InputRefused
        When the study cannot be read, or something is chosen that it has not.

    Examples
    --------
    >>> te.explore(study, indicator="burglary").choice.area
    'Tingbjerg'
    """
    opened = study if isinstance(study, Study) else open_study(study, data=data)
    spoken = opened.settings
    speak(spoken.language, simulated=spoken.simulated, in_years=spoken.in_years)
    given = {"first": first, "last": last, "comparison": comparison}
    usual = usual_choice(opened, indicator, area)
    kind: type[Explorer] = Explorer
    if has_frontend() if controls is None else controls:
        from tingbjerg_eval.exploring.controls import LiveExplorer

        kind = LiveExplorer
    explorer = kind(opened, usual, protected=protected)
    return explorer.choose(**{name: value for name, value in given.items() if value})
