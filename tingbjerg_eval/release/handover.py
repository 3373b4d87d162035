"""The last look at a report's files, from the plain data that a job carries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.release.attack import attack
from tingbjerg_eval.release.inspection import InspectionContext, inspect
from tingbjerg_eval.release.sought import hidden_counts, own_names


def inspect_report(files: Mapping[str, bytes], context: Mapping[str, Any]) -> list[str]:
    """Every reason not to hand ``files`` over; see :func:`..inspection.inspect`.

    ``context`` is the job's: ``published``, ``earlier`` and ``case_numbers``, and the ``folder``
    and ``parameters`` by which the study is found. The hidden counts are worked out from the
    study here and forgotten here: a context is kept and travels, so it must not hold them.
    """
    study = _study(context)
    sought = hidden_counts(study, context["published"])
    reasons = inspect(
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
    name = context["published"]["report"]
    return reasons + list(map(str, attack(study, name, files).findings))


def _study(context: Mapping[str, Any]) -> Study:
    """The study as the warm parent holds it; read anew where there is none."""
    folder, given = Path(context["folder"]), context["parameters"]
    data = folder / given["data"] if given.get("data") else None
    return open_study(folder / given["study"], data=data)
