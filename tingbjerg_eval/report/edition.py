"""What the ledger keeps of a report beside its counts: its verdicts' words, and what it rests on.

The words stand on the page, so they give nothing away; digests are made with the study's key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from tingbjerg_eval.inputs.own_code import package_files
from tingbjerg_eval.report.report import Report

EDITION = "edition"
"""Its key in an entry of the ledger."""
QUESTIONS = ("met", "certain", "effect")
"""What is asked of each target, in the order in which the answers are kept."""


def edition(report: Report) -> dict[str, Any]:
    """Each target's answers in the words' keys, and digests of data, plan and program."""
    return {"verdicts": answers(report), **made_of(report)}


def answers(report: Report) -> dict[str, list[str]]:
    """Of each target whether it was met or is on course, whether surely, and the effect."""
    verdicts = {result.name: result.verdict for result in report.results}
    return {
        name: [verdict.course or verdict.met, verdict.certain, verdict.effect]
        for name, verdict in verdicts.items()
    }


def made_of(report: Report) -> dict[str, Any]:
    """Digests of the tables as the report knows them, of the locked plan, and of the program."""
    study = report.study
    tables = [source.table for source in study.tables.sources]
    return {
        "data": {table: report.public_digest(study.digest(table)) for table in tables},
        "plan": report.plan_digest,
        "program": _program(),
    }


@cache
def _program() -> str:
    digest = hashlib.sha256()
    for file in package_files():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def last_edition(report: Report) -> Mapping[str, Any] | None:
    """The ledger's newest edition of the same report; ``None`` where it keeps none."""
    own = {report.name, f"{report.study.settings.name}: {report.name}"}
    kept = [one[EDITION] for one in report.earlier_editions()
            if one["report"] in own and EDITION in one]  # fmt: skip
    return kept[-1] if kept else None
