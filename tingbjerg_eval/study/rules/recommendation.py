"""The case officer's recommendation: plain sentences with fields that the report fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.strategy import Strategy

FIELD = re.compile(r"\{([^{}]*)\}")
OF_TARGET = ("name", "before", "after", "change", "effect", "lower", "upper", "goal")
OF_STUDY = ("money.spent", "money.left", "money.frame", "targets.met", "targets.main")


def known_fields(strategy: Strategy) -> list[str]:
    """Every field that a recommendation may hold."""
    return [*OF_STUDY, *(f"{name}.{part}" for name in strategy.targets for part in OF_TARGET)]


def recommendation_rules(strategy: Strategy) -> Iterator[Broken]:
    """Every field names something that the report knows, so that no number need be typed."""
    known = known_fields(strategy)
    for number, sentence in enumerate(strategy.recommendation):
        for field in FIELD.findall(sentence):
            if field not in known:
                near = get_close_matches(field, known, n=1) or known[:1]
                yield Broken(
                    "unknown-field",
                    ("recommendation", number),
                    field=f"{{{field}}}",
                    of_target=", ".join(OF_TARGET),
                    of_study=", ".join(OF_STUDY),
                    near=f"{{{near[0]}}}",
                )
