"""From area names as delivered to the areas of the study."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

import pandas as pd

from tingbjerg_eval.data.doubts.spelling import TOTALS, alike
from tingbjerg_eval.data.formats.findings import SHOWN_PLACES, Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import add_texts
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import Source

UNPLACED = re.compile(
    r"(uoplyst|ikke oplyst|ukendt|uplaceret|ikke placeret|ikke stedfæstet|ikke angivet|mangler"
    r"|uden (område|adresse|sted|bydel|kommune)|unknown|unspecified|not (known|stated|specified)"
    r"|missing|no location|n/?a|none|null|nan|[-–?.]+)"
    r"( (område|kommune|bydel|sted|adresse|area|borough|district|ward|location))?"
    r"|(område|kommune|bydel|area) (uoplyst|ukendt|unknown)",
    re.IGNORECASE,
)
"""Names that say that the place is not known."""


def is_unplaced(name: str, source: Source) -> bool:
    """Whether an area's name is blank or says that the place is not known."""
    plain = plain_text(name)
    declared = {plain_text(one).casefold() for one in getattr(source, "unplaced", ())}
    return plain == "" or plain.casefold() in declared or bool(UNPLACED.fullmatch(plain))


@dataclass(frozen=True, kw_only=True)
class AreaNames:
    """The names of one study, and how one delivery spells them."""

    known: tuple[str, ...]
    source: Source
    crosswalk: dict[str, str] = field(default_factory=dict)

    def read(
        self, texts: Iterable[str], found: Findings, *, column: str, where: Callable[[str], str]
    ) -> dict[str, str | None]:
        """Each delivered name to an area of the study; ``None`` where rows are left out.

        Blank texts are not judged here: whether a row may lack an area differs between tables.
        """
        names: dict[str, str | None] = {}
        padded: list[str] = []
        unknown: dict[str, str] = {}
        for text in texts:
            if text == "":
                continue
            name = self._named(text)
            names[text] = name if name in self.known else None
            if names[text] is None and not self._ignored(name):
                unknown[text] = name
            elif names[text] is None and (near := self._misspelt(name)):
                found.add("area-alike", place=where(text), column=column, found=quoted(text),
                          near=near)  # fmt: skip
            elif names[text] and plain_text(text) != text:
                padded.append(text)
        self._refuse(unknown, found, column=column, where=where)
        if padded:
            found.add("area-normalised", column=column, found=listed(sorted(map(quoted, padded))))
        return names

    def _ignored(self, name: str) -> bool:
        declared = {plain_text(one) for one in getattr(self.source, "unplaced", ())}
        return self.source.other_areas == "ignore" or name in {self.source.total, *declared}

    def _misspelt(self, name: str) -> str | None:
        """The area that a name outside the study may be a misspelling of."""
        return None if name == self.source.total else alike(name, self.known)

    def _named(self, text: str) -> str:
        if "area" in self.source.code_and_text and (parts := re.fullmatch(r"\d+\s+(.+)", text)):
            text = parts[1]
        renamed = {plain_text(old): new for old, new in self.source.area_names.items()}
        plain = plain_text(text)
        return self.crosswalk.get(plain, renamed.get(plain, plain))

    def _refuse(
        self, wrong: dict[str, str], found: Findings, *, column: str, where: Callable[[str], str]
    ) -> None:
        """Refuse delivered texts by the names read from them, many of one kind together."""
        kinds: dict[str, list[str]] = {}
        near = {}
        for text, name in wrong.items():
            code, near[text] = self._why_unknown(name)
            kinds.setdefault(code, []).append(text)
        for code, texts in kinds.items():
            if len(texts) > SHOWN_PLACES:
                add_texts(code, texts, found, column=column, where=where, near="")
                continue
            for text in texts:
                found.add(code, place=where(text), column=column, found=quoted(text),
                          near=near[text])  # fmt: skip

    def _why_unknown(self, name: str) -> tuple[str, str]:
        if name.casefold() in TOTALS:
            return "total-row", ""
        if UNPLACED.fullmatch(name):
            return "area-unplaced", ""
        unpadded = {one.lstrip("0"): one for one in self.known if one[:1] == "0"}
        if name in unpadded:
            return "leading-zero-lost", f"{unpadded[name]!r}"
        folded = {one.casefold(): one for one in self.known}
        near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
        return "area-unknown", f"The nearest area is {folded[near[0]]!r}. " if near else ""


def area_names(
    settings: StudySettings, source: Source, crosswalk: dict[str, str] | None = None
) -> AreaNames:
    """The areas of ``settings`` as ``source`` spells them."""
    return AreaNames(known=settings.areas.all, source=source, crosswalk=crosswalk or {})


def check_area_codes(frame: pd.DataFrame, headings: dict[str, str], found: Findings) -> None:
    """Refuse an area of two codes, and a code of two areas, in ``area, area_code`` of a delivery.

    Rows without either say nothing of the other.
    """
    pairs = frame[["area", "area_code"]].map(plain_text).drop_duplicates()
    pairs = pairs[(pairs["area"] != "") & (pairs["area_code"] != "")]
    for name, other in (("area", "area_code"), ("area_code", "area")):
        several = pairs[pairs.duplicated(name, keep=False)]
        for one, rows in several.groupby(name):
            others = listed(sorted(map(quoted, rows[other])))
            found.add("area-codes-differ", column=headings.get(name, name),
                      found=f"{quoted(str(one))}: {others}")  # fmt: skip


def read_areas(raw: RawTable, names: AreaNames, found: Findings) -> pd.Series:
    """The areas of a table in which every row must have one."""
    texts = raw.frame["area"]
    if "area_code" in raw.frame:
        check_area_codes(raw.frame, raw.headings, found)

    def where(text: str) -> str:
        return raw.where((texts == text).to_numpy())

    blank = (texts == "").to_numpy()
    if blank.any():
        found.add("blank-area", place=raw.where(blank), column=raw.heading("area"), found="a blank")
    areas = texts.map(names.read(texts.unique(), found, column=raw.heading("area"), where=where))
    left = texts[areas.isna() & (texts != "") & (texts.map(plain_text) != names.source.total)]
    if len(left) and names.source.other_areas == "ignore" and "count" not in raw.frame:
        rows = [f"{quoted(str(name))}: {many(n, 'row')}" for name, n in left.value_counts().items()]
        found.add("area-ignored", column=raw.heading("area"), areas=listed(rows, limit=10),
                  count=str(len(left)), share=f"{100 * len(left) / len(texts):.1f}")  # fmt: skip
    return areas
