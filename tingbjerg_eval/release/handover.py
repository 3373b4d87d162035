"""The last look at a report's files, from the plain data that a job carries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tingbjerg_eval.evaluation.study import open_study
from tingbjerg_eval.release.inspection import InspectionContext, inspect
from tingbjerg_eval.release.sought import Sought, hidden_counts


def inspect_report(files: Mapping[str, bytes], context: Mapping[str, Any]) -> list[str]:
    """Every reason not to hand ``files`` over; see :func:`..inspection.inspect`.

    ``context`` is the job's: ``published``, ``earlier`` and ``case_numbers``, and the ``folder``
    and ``parameters`` by which the study is found. The hidden counts are worked out from the
    study here and forgotten here: a context is kept and travels, so it must not hold them.
    """
    sought = _sought(context)
    return inspect(
        files,
        InspectionContext(
            published=context["published"],
            earlier=context["earlier"],
            case_numbers_allowed=context["case_numbers"],
            hidden_values=sought.values,
            aliases=sought.aliases,
        ),
    )


def _sought(context: Mapping[str, Any]) -> Sought:
    folder, given = Path(context["folder"]), context["parameters"]
    data = folder / given["data"] if given.get("data") else None
    return hidden_counts(open_study(folder / given["study"], data=data), context["published"])
