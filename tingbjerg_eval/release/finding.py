"""What the leak scan reports, without repeating what it found."""

from __future__ import annotations

from dataclasses import dataclass

REMEDY = "leave that part out, widen the basket of offences or the window, or report the fault"


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """Something in a file that must not leave.

    ``where`` is the channel (text, attribute alt, comment, PDF metadata ...), ``kind`` what it
    looks like, ``times`` how often. The value itself is never in it.
    """

    file: str
    where: str
    kind: str
    times: int = 1

    def __str__(self) -> str:
        often = f" ({self.times} times)" if self.times > 1 else ""
        return f"{self.file}: {self.kind} in {self.where}{often}"
