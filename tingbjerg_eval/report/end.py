"""The end mark: the last cell of every notebook, by which a run that reached it is known."""

from __future__ import annotations

from tingbjerg_eval.inputs.calls import checked

END_MARK = "tingbjerg-eval: end of notebook"


class End:
    """Shows :data:`END_MARK`."""

    def __repr__(self) -> str:
        return END_MARK


@checked
def end() -> End:
    """Mark the end of a notebook; a run without the mark did not reach its end.

    Returns
    -------
    End
        It shows the mark.

    Examples
    --------
    >>> te.end()
    tingbjerg-eval: end of notebook
    """
    return End()
