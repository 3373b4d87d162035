"""Put a study's figures in their place in ``docs/methods.md``."""

from __future__ import annotations

import re
from pathlib import Path

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"


def publish(name: str, text: str, *, path: Path = METHODS) -> None:
    """Replace what stands between the marks of ``name``; headings go one level down.

    Raises
    ------
    ValueError
        Where the document has no such marks.
    """
    document = path.read_text(encoding="utf-8")
    begin, end = (f"<!-- {name}: {mark} -->" for mark in ("begin", "end"))
    if begin not in document or end not in document:
        raise ValueError(f"{path.name} has no place marked {name!r}")
    before, rest = document.split(begin)
    after = rest.split(end)[1]
    body = re.sub(r"^#", "##", text.strip(), flags=re.M)
    path.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")
