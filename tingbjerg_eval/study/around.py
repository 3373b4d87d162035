"""What ``Design.around`` is given: a start that need not be New Year, and whole years."""

from __future__ import annotations

import re
from numbers import Integral

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import as_quarter, is_period, not_a_quarter

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def start_of(given: object) -> tuple[str, int]:
    """The quarter of a start, and the number of quarters that began before it (0 or 1)."""
    found = MONTH.fullmatch(str(given).strip())
    if found is None:
        return as_quarter(given), 0
    later, into = divmod(int(found[2]) - 1, 3)
    return f"{found[1]}K{later + 1}", int(into > 0)


def refuse_around(in_quarters: bool, start: object, years: object, leave_out: object) -> None:
    """Refuse what gives no windows of whole years."""
    if not in_quarters:
        raise WrongArgument("around() makes windows of quarters; survey waves are given by hand.")
    if not is_period(start_of(start)[0]):
        raise WrongArgument(
            "start is a quarter such as '2009K2' or a month such as '2009-05', "
            f"not {not_a_quarter(start)}."
        )
    if not (isinstance(years, tuple | list) and len(years) == 2 and all(map(_is_length, years))):
        raise WrongArgument(
            f"years is two whole numbers, such as (2, 3) for before and after, not {years!r}."
        )
    if not (_is_length(leave_out) or leave_out == 0):
        raise WrongArgument(f"leave_out is a number of quarters, 0 or more, not {leave_out!r}.")


def _is_length(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool) and int(number) > 0
