"""What a method remarks beside its figure, in the report's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.stats.remarks import Remark


def remarks(found: Iterable[Remark], words: Words) -> str:
    """One sentence per remark, each once; a code without its own sentence gets the general one.

    >>> remarks([Remark("few-comparison-areas", found=8, wanted=12)], Words("en"))
    'There are 8 comparison areas; 12 would have been better.'
    """
    said = [
        words.first(f"remark.{one.code}", "remark.generic", **_told(one.numbers, words))
        for one in found
    ]
    return " ".join(dict.fromkeys(said))


def _told(numbers: Mapping[str, float], words: Words) -> dict[str, str]:
    return {
        name: words.number(value, decimals=0 if float(value).is_integer() else 1)
        for name, value in numbers.items()
    }
