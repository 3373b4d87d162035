"""In which language shown things speak, and whether of simulated figures.

Whoever opens a study says so once; tables, figures and files of a notebook follow.
"""

from __future__ import annotations

_now: dict[str, str | bool] = {"language": "da", "simulated": False}


def speak(language: str, *, simulated: bool) -> None:
    """From here on, speak ``language``, and of simulated figures or not."""
    _now.update(language=language, simulated=simulated)


def language() -> str:
    """The language that is spoken."""
    return str(_now["language"])


def simulated() -> bool:
    """Whether the study that is spoken of is simulated."""
    return bool(_now["simulated"])
