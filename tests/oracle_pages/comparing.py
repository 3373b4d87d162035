"""A finished report held against the oracle: what does not agree, line by line."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

import said
import said_of_effort as effort
import said_of_targets as targets
from finished import figures
from said import Lines, Story

END: dict[str, Callable[[Story], Lines]] = {
    "Kort fortalt": targets.first_page,
    "Indstilling": targets.recommendation,
    "Hvert mål for sig": effort.cards,
    "Parternes aftaler": said.delivery,
    "Økonomi": said.spending,
    "Bilag: Alle mål": targets.all_targets,
    "Bilag: Baggrund og problemer": said.problems,
    "Bilag: Anmeldelser, der følger politiets aktivitet": effort.activity,
    "Bilag: Hvor sikkert er svaret?": effort.robustness,
    "Bilag: Flyttede kriminaliteten?": effort.displacement,
    "Bilag: Beslutninger undervejs": targets.decisions,
}
QUARTERLY: dict[str, Callable[[Story], Lines]] = {
    "Foran eller bagud?": targets.courses,
    "Aftaler, der ikke blev holdt i kvartalet": said.not_kept,
    "Økonomi": said.spending,
    "Udviklingen indtil nu": effort.courses,
    "Bilag: Alle mål": targets.all_targets,
    "Bilag: Alle aftaler": said.delivery,
}


def disagreements(story: Story, section: str) -> list[str]:
    """Lines of a section that differ from the oracle's in a number, its unit or its direction."""
    sections = QUARTERLY if story.deliveries.until else END
    found = story.finished.figures(section)
    wanted = [(numbers, line) for line in sections[section](story) if (numbers := figures(line))]
    matcher = SequenceMatcher(
        None, [tuple(one[0]) for one in wanted], [tuple(one[0]) for one in found], autojunk=False
    )
    told = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            continue
        told += [f"oracle: {numbers} ({line[:160]})" for numbers, line in wanted[a:b]]
        told += [f"page:   {numbers} ({line[:160]})" for numbers, line in found[c:d]]
    return told
