"""Names of the files that are handed over: one table, in the report's own language."""

from __future__ import annotations

from tingbjerg_eval.presentation.words.sentences import Words

KINDS = ("html", "pdf", "memo", "tables", "data", "contents")


def file_names(language: str) -> dict[str, str]:
    """Each kind of file and its name in ``language``, in the order they are listed.

    >>> file_names("da")["memo"]
    'notat.docx'
    """
    words = Words(language)
    return {kind: words(f"folder.{kind}") for kind in KINDS}
