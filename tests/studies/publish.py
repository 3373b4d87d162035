"""Put a study's figures in their place in the pages of ``docs/methods``."""

from __future__ import annotations

from pathlib import Path

METHODS = Path(__file__).parents[2] / "docs" / "methods"


def publish(name: str, text: str, *, folder: Path = METHODS) -> None:
    """Replace what stands between the marks of ``name``, on whichever page they are.

    Raises
    ------
    ValueError
        Where no page has such marks.
    """
    begin, end = (f"<!-- {name}: {mark} -->" for mark in ("begin", "end"))
    for page in sorted(folder.glob("*.md")):
        document = page.read_text(encoding="utf-8")
        if begin in document and end in document:
            before, rest = document.split(begin)
            whole = f"{before}{begin}\n\n{text.strip()}\n\n{end}{rest.split(end)[1]}"
            page.write_text(whole, encoding="utf-8")
            return
    raise ValueError(f"no page of {folder.name} has a place marked {name!r}")
