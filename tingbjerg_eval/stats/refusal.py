"""The error of a method that does not hold for the data it was given."""

from __future__ import annotations

from tingbjerg_eval.inputs.errors import BadInput


class MethodRefused(BadInput, ValueError):
    """A method would mislead here.

    Attributes
    ----------
    code
        A short stable word (``"few-comparison-areas"``) by which a report finds its own
        sentence.
    cause, way_out
        Why the method does not hold, and what to do instead.
    """

    def __init__(self, code: str, cause: str, way_out: str):
        self.code, self.cause, self.way_out = code, cause, way_out
        super().__init__(f"{cause} {way_out}")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.code, self.cause, self.way_out)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message, which says what to do, and no traceback."""
        return [f"{type(self).__name__}: {self.cause}", self.way_out]
