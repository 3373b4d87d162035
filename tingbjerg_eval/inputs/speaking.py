"""In which language shown things speak, and whether of simulated figures.

Whoever opens a study says so once; tables, figures and files of a notebook follow.
"""

from __future__ import annotations

import re
from pathlib import Path

_now: dict[str, str | bool] = {"language": "da", "simulated": False, "in_years": False}


def speak(language: str, *, simulated: bool, in_years: bool = False) -> None:
    """From here on, speak ``language``, and of simulated figures or not, of years or quarters."""
    _now.update(language=language, simulated=simulated, in_years=in_years)


def language() -> str:
    """The language that is spoken."""
    return str(_now["language"])


def language_of(study: Path) -> str:
    """The language of a study that cannot be read: Danish, as where none is stated."""
    text = study.read_text(encoding="utf-8", errors="replace") if study.is_file() else ""
    return "en" if re.search(r"^language: *['\"]?en\b", text, re.MULTILINE) else "da"


def simulated() -> bool:
    """Whether the study that is spoken of is simulated."""
    return bool(_now["simulated"])


def in_years() -> bool:
    """Whether the study that is spoken of counts by year."""
    return bool(_now["in_years"])
