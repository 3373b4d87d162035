"""Types for values that arrive as text: strict forms, and errors that show the wanted form."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from tingbjerg_eval.inputs.quarters import is_period, is_quarter

WHOLE = re.compile(r"-?\d{1,15}")
DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def _text_to(wanted: str, convert: Callable[[str], object | None]) -> BeforeValidator:
    def read(value: object) -> object:
        if not isinstance(value, str):
            if isinstance(value, list | dict) or value is None:
                raise PydanticCustomError("form", "{wanted}", {"wanted": wanted})
            return value
        try:
            result = convert(value.strip())
        except ValueError:
            result = None
        if result is None:
            raise PydanticCustomError("form", "{wanted}", {"wanted": wanted})
        return result

    return BeforeValidator(read)


def _matching(
    pattern: re.Pattern[str], make: Callable[[str], object]
) -> Callable[[str], object | None]:
    return lambda text: make(text) if pattern.fullmatch(text) else None


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None


def _without_invisible(value: object) -> object:
    """Without soft hyphens and marks of no width, as deliveries are read."""
    if not isinstance(value, str) or value.isascii():
        return value
    return "".join(sign for sign in value if unicodedata.category(sign) != "Cf")


Text = Annotated[
    str,
    BeforeValidator(_without_invisible),
    StringConstraints(strip_whitespace=True, min_length=1),
]
Whole = Annotated[int, _text_to("a whole number such as 12000", _matching(WHOLE, int))]
Number = Annotated[float, _text_to("a number such as 0.5", _matching(DECIMAL, float))]
Money = Annotated[
    Decimal, _text_to("an amount in kroner such as 250000", _matching(DECIMAL, Decimal))
]
Day = Annotated[dt.date, _text_to("a date such as 2010-03-16", _date)]
YesNo = Annotated[bool, _text_to("true or false", {"true": True, "false": False}.get)]
Quarter = Annotated[
    str,
    _text_to(
        "a quarter such as 2010K1 or a year such as 2017",
        lambda text: text if is_period(text) else None,
    ),
]


def _time(text: str) -> str | int | None:
    if is_quarter(text):
        return text
    return int(text) if re.fullmatch(r"\d{4}", text) else None


TimeText = Annotated[str | int, _text_to("a quarter such as 2010K1 or a year such as 2017", _time)]
