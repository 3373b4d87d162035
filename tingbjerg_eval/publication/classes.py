"""The classes of offence codes that a study's indicators tell apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from tingbjerg_eval.data.baskets import holds
from tingbjerg_eval.study.settings import CountIndicator, StudySettings


@dataclass(frozen=True, kw_only=True)
class CodeClass:
    """Codes counted by the same indicators; what is counted under ``without`` is not theirs.

    A wider code (``13``) holds narrower ones (``1320``): where an indicator counts the narrower
    one alone, the wider one's class is the rest.
    """

    codes: tuple[str, ...]
    without: tuple[str, ...] = ()


def code_classes(settings: StudySettings) -> dict[str, tuple[CodeClass, ...]]:
    """For each count indicator the classes of its codes; no report is in two of them."""
    baskets = {
        name: one.basket.codes
        for name, one in settings.indicators.items() if isinstance(one, CountIndicator)
    }  # fmt: skip
    codes = sorted({code for basket in baskets.values() for code in basket})
    alike: dict[frozenset[str], list[str]] = defaultdict(list)
    for code in codes:
        by = (name for name, basket in baskets.items() if _counts(basket, code))
        alike[frozenset(by)].append(code)
    return {
        name: tuple(_class(of, codes) for by, of in alike.items() if name in by) for name in baskets
    }


def _counts(basket: Collection[str], code: str) -> bool:
    return any(holds(own, code) for own in basket)


def _class(codes: Collection[str], every: Collection[str]) -> CodeClass:
    without = {inner for code in codes for inner in _next_below(code, every)}
    return CodeClass(codes=tuple(codes), without=tuple(sorted(without)))


def _next_below(code: str, every: Collection[str]) -> list[str]:
    """The widest of the codes that ``code`` holds."""
    below = [one for one in every if one != code and holds(code, one)]
    return [one for one in below if not any(holds(other, one) for other in below if other != one)]
