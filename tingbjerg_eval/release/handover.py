"""The last look at a report's files, from the plain data that a job carries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.release.attack import attack
from tingbjerg_eval.release.inspection import InspectionContext, inspect
from tingbjerg_eval.release.remade import shown_in
from tingbjerg_eval.release.sought import hidden_counts, own_names


def inspect_report(files: Mapping[str, bytes], context: Mapping[str, Any]) -> list[str]:
    """Every reason not to hand ``files`` over: what the scan finds in them and the attack.

    ``context`` is the job's: ``published``, ``earlier`` and ``case_numbers``, the ``folder`` and
    ``parameters`` by which the study is found, and the ``executed`` notebook.
    """
    study = _study(context)
    name, shown = context["published"]["report"], shown_in(context["executed"])
    found = attack(study, name, files, shown).findings
    return _scanned(study, files, context) + list(map(str, found))


def scan_report(files: Mapping[str, bytes], context: Mapping[str, Any]) -> list[str]:
    """What ``files`` hold that may not leave: :func:`..inspection.inspect` without the attack."""
    return _scanned(_study(context), files, context)


def _scanned(study: Study, files: Mapping[str, bytes], context: Mapping[str, Any]) -> list[str]:
    # The hidden counts are worked out from the study here and forgotten here: a context is kept
    # and travels, so it must not hold them.
    sought = hidden_counts(study, context["published"])
    return inspect(
        files,
        InspectionContext(
            published=context["published"],
            earlier=context["earlier"],
            case_numbers_allowed=context["case_numbers"],
            names_allowed=own_names(study),
            hidden_values=sought.values,
            aliases=sought.aliases,
        ),
    )


def _study(context: Mapping[str, Any]) -> Study:
    """The study as the warm parent holds it; read anew where there is none."""
    folder, given = Path(context["folder"]), context["parameters"]
    data = folder / given["data"] if given.get("data") else None
    return open_study(folder / given["study"], data=data)
