"""How many wrong edits of a memo the guard finds, and how many harmless ones it is troubled by.

``python -m tests.studies.memo_edits [wrong] [harmless]`` prints both for the demo's memo. The
edits are those of a hurried case officer: each is made in the document, saved, and read again.
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from tingbjerg_eval.memo.verify import verify

Edit = Callable[[random.Random, list[Paragraph]], bool]


NOT_EDITED = ("Til:", "Analyseplanens", "Dato", "Sagsnr", "Dokument", "Sagsbeh", "Notatets tal",
              "I billedet", "Slutevaluering")  # fmt: skip


def text_of(paragraph: Paragraph) -> str:
    return "".join(node.text or "" for node in paragraph._p.iter(qn("w:t")))


def rewrite(paragraph: Paragraph, text: str) -> None:
    """The paragraph retyped: its content controls are gone."""
    for child in list(paragraph._p):
        if child.tag != qn("w:pPr"):
            paragraph._p.remove(child)
    paragraph.add_run(text)


def paragraphs(document) -> list[Paragraph]:
    return [Paragraph(p, document) for p in document.element.body.iter(qn("w:p"))]


def _of_answer(text: str) -> bool:
    """Only what the report states is edited, not the head, the legend or the headings."""
    return len(text) > 1 and not text.startswith(NOT_EDITED)


def replacing(pairs: dict[str, str], *, within: str = "") -> Edit:
    """One occurrence of a pattern replaced by what stands beside it."""

    def edit(chance: random.Random, of: list[Paragraph]) -> bool:
        hits = [
            (one, found, new)
            for one in of for old, new in pairs.items()
            if _of_answer(text_of(one)) and re.search(within, text_of(one))
            for found in re.finditer(old, text_of(one))
        ]  # fmt: skip
        if not hits:
            return False
        one, found, new = chance.choice(hits)
        text = text_of(one)
        rewrite(one, text[: found.start()] + found.expand(new) + text[found.end() :])
        return True

    return edit


def another_number(chance: random.Random, of: list[Paragraph]) -> bool:
    """One figure of the answer typed anew."""
    hits = [(one, found) for one in of if _of_answer(text_of(one))
            for found in re.finditer(r"(?<![\d.,])\d+(?:,\d)?(?![\d.]|\w|, \d{4})", text_of(one))
            if not re.fullmatch(r"(?:19|20)\d\d", found[0])]  # fmt: skip
    one, found = chance.choice(hits)
    digit = chance.randrange(len(found[0]))
    while found[0][digit] == ",":
        digit = chance.randrange(len(found[0]))
    others = [d for d in "123456789" if d != found[0][digit]]
    typed = found[0][:digit] + chance.choice(others) + found[0][digit + 1 :]
    text = text_of(one)
    rewrite(one, text[: found.start()] + typed + text[found.end() :])
    return True


def without_sentence(pattern: str) -> Edit:
    return replacing({pattern: ""})


def swapped_cells(chance: random.Random, of: list[Paragraph]) -> bool:
    """The figures of two rows in each other's place."""
    cells = [one for one in of if "→" in text_of(one) and "Før" not in text_of(one)]
    one, other = chance.sample(cells, 2)
    first, second = text_of(one), text_of(other)
    rewrite(one, second)
    rewrite(other, first)
    return True


def swapped_names(chance: random.Random, of: list[Paragraph]) -> bool:
    """One target's name where another's belongs."""
    names = ["Indbrud i beboelse", "Tyveri fra biler og af cykler", "Vold og trusler",
             "Hærværk og brandstiftelse", "Utrygge i nabolaget"]  # fmt: skip
    hits = [(one, name) for one in of for name in names if name in text_of(one)]
    one, name = chance.choice(hits)
    rewrite(one, text_of(one).replace(name, chance.choice([of for of in names if of != name])))
    return True


def added(text: str) -> Edit:
    def edit(chance: random.Random, of: list[Paragraph]) -> bool:
        points = [one for one in of if text_of(one).startswith(("Tre af", "Der er", "Indbrud i"))
                  and len(text_of(one)) > 60]  # fmt: skip
        one = chance.choice(points)
        rewrite(one, f"{text_of(one)} {text}")
        return True

    return edit


def without_row(chance: random.Random, of: list[Paragraph]) -> bool:
    """A target left out of the table."""
    rows = {row for one in of for row in one._p.iterancestors(qn("w:tr"))}
    rows = [row for row in rows if row.getprevious() is not None
            and row.getprevious().tag == qn("w:tr")]  # fmt: skip
    rows.sort(key=lambda row: "".join(row.itertext()))
    row = chance.choice(rows)
    row.getparent().remove(row)
    return True


WRONG: dict[str, Edit] = {
    "number": another_number,
    "sign": replacing({r"\bfaldt\b": "steg", r"\bsteg\b": "faldt", r"\bfærre\b": "flere",
                       r"\bflere\b(?! end før)": "færre", r"\blavere\b": "højere",
                       r"\bhøjere\b": "lavere"}),
    "unit": replacing({r"procent\b(?!point)": "procentpoint", r"\u00a0%": " procentpoint",
                       r"mio\.": "mia.", r"mio\.\u00a0kr\.": "tusind kr."}),
    "met": replacing({r"^Ja$": "Nej", r"^Nej$": "Ja", r"er nået": "er ikke nået"}),
    "sure": replacing({r"^Usikkert$": "Sikkert", r"^Sikkert$": "Usikkert",
                       r"er det usikkert": "er det sikkert"}),
    "effect cell": replacing({r"^Kan ikke afgøres$": "Bedre end ventet",
                              r"^Bedre end ventet$": "Dårligere end ventet",
                              r"^Dårligere end ventet$": "Bedre end ventet"}),
    "no effect": replacing({r"kan det ikke afgøres, om indsatsen har gjort en forskel":
                            "har indsatsen ikke gjort en forskel",
                            r"^Kan ikke afgøres$": "Ingen virkning"}),
    "certainty of effect": replacing({r"kan det ikke afgøres, om indsatsen har":
                                      "kan det afgøres, at indsatsen har",
                                      r"kan være flyttet": "er flyttet"}),
    "rounded": replacing({r"28,7": "29", r"\b35\b procent": "40 procent", r"15,8": "16",
                          r"4,6 af": "5 af", r"20,6": "20", r"11,8": "12", r"173": "175"}),
    "caveat": replacing({r" Det er ikke det samme som ingen virkning\.": "",
                         r" For dem alle er det usikkert\.": "", r" En del kan være flyttet\.": "",
                         r" \(usikkerhed 21-44\)": "", r" Tallene viser ikke hvorfor;": "",
                         r"En del kan": "Alle må", r"mindst 95": "95",
                         r"Simulerede tal\. .*": ""}),
    "cells": swapped_cells,
    "names": swapped_names,
    "area": replacing({r"Utterslevhuse": "Husum Park", r"Voldparken": "Gadelandet",
                       r"SAB/KAB": "AAB", r"Københavns Politi": "Københavns Kommune",
                       r"\bfsb leverede": "AAB leverede"}),
    "counts": replacing({r"Tre af syv": "Fire af syv", r"tre af syv": "fem af syv",
                         r"øvrige fem": "øvrige fire", r"Tre af": "3 af de 4 af"}),
    "year": replacing({r"2008–2009": "2007–2009", r"2009 og 2013": "2009 og 2012",
                       r"1\. september 2013": "1. oktober 2013"}),
    "swapped": replacing({r"Tre af syv": "Syv af tre", r"173 af 240": "240 af 173",
                          r"24,3 → 15,8": "15,8 → 24,3", r"\(4-40": "(40-4"}),
    "added claim": added("Indsatsen har virket for alle mål."),
    "added success": added("Resultatet er signifikant, og arbejdet har været en succes."),
    "added number": added("Det svarer til 57 færre indbrud."),
    "added cause": added("Faldet skyldes indsatsen."),
    "bound": replacing({r"mindst 95 procent": "højst 95 procent",
                        r"højst 30": "mindst 30", r"kan vises fra": "er vist ved"}),
    "expected": replacing({r"end ventet uden indsatsen": "end ventet med indsatsen",
                           r"dårligere end ventet\.": "bedre end ventet.",
                           r"er dårligere end ventet": "er som ventet"}),
    "row": without_row,
}  # fmt: skip


def moved_paragraph(chance: random.Random, of: list[Paragraph]) -> bool:
    """A point in another place."""
    points = [one for one in of if text_of(one).startswith(("Tre af", "Indbrud i beboelse: ",
              "I nabo", "Tyveri fra biler og af cykler: ", "For de", "Der er brugt"))]  # fmt: skip
    one, other = chance.sample(points, 2)
    other._p.addprevious(one._p)
    return True


HARMLESS: dict[str, Edit] = {
    "order": moved_paragraph,
    "comma": replacing({r"; for de øvrige": ", og for de øvrige", r"afgøres, om": "afgøres om",
                        r"hvorfor; ansvarlig er": "hvorfor. Ansvarlig er",
                        r"nået: vold": "nået, nemlig vold"}),
    "spelled date": replacing({r"1\. september 2013": "1/9 2013",
                               r"den 1\. september 2013": "1.9.2013",
                               r"årene 2010–2012": "årene 2010 til 2012"}),
    "percent": replacing({r" procent\b(?!point)": " %", r"\u00a0%": " procent"}),
    "in figures": replacing({r"Tre af syv": "3 af 7", r"tre af syv": "3 af 7",
                             r"øvrige fem": "øvrige 5"}),
    "other words": replacing({r"Der er brugt": "Brugt er", r"^I naboområderne kom der":
                              "I områderne ved siden af, naboområderne, kom der",
                              r"end ventet": "end forventet", r"tallet faldt": "antallet faldt",
                              r"har gjort en forskel": "har haft betydning",
                              r"ansvarlig er": "den ansvarlige part er",
                              r"at det besluttes": "at udvalget beslutter",
                              r"kan det ikke afgøres": "kan det ikke siges"}),
    "clause order": replacing({
        r"For dem alle er det usikkert": "Det er usikkert for dem alle",
        r"For de øvrige fem hovedmål kan det ikke afgøres, om indsatsen har gjort en forskel":
            "Om indsatsen har gjort en forskel, kan ikke afgøres for de øvrige fem hovedmål"}),
    "own text": added("Sagen har været drøftet med parterne, som er enige i fremstillingen."),
    "own date": added("Sagen forelægges igen den 3. juni 2013, jf. punkt 2."),
    "own rule": added("Sagen behandles kl. 16.30 efter § 18, stk. 2."),
    "own heading": replacing({r"^Videre proces$": "3. Det videre forløb"}),
    "joined": replacing({r"procent\. Det er 34": "procent, hvilket er 34",
                         r"nået: (.*)\. For dem": r"nået: \1, men for dem"}),
    "same doubt": replacing({r"kan det ikke afgøres": "er det fortsat uafklaret",
                             r"viser ikke hvorfor": "siger ikke noget om årsagen"}),
    "money": replacing({r"4,6\u00a0mio\.\u00a0kr\.": "4.600.000 kr.",
                        r"mio\. kr\.": "millioner kroner"}),
    "space": replacing({r"(\w) (\w)": r"\1  \2", r"\.$": ". "}),
}  # fmt: skip


def edited(memo: bytes, edit: Edit, chance: random.Random) -> bytes | None:
    """The memo with one edit; ``None`` where the memo has nothing to edit so."""
    document = Document(io.BytesIO(memo))
    before = [text_of(one) for one in paragraphs(document)]
    if not edit(chance, paragraphs(document)):
        return None
    if before == [text_of(one) for one in paragraphs(document)]:
        return None
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def tried(
    memo: bytes, edits: dict[str, Edit], times: int, *, seed: int
) -> Iterator[tuple[str, bool, str]]:
    """Kind of edit, whether the guard said something, and what; each kind equally often."""
    chance, names, made = random.Random(seed), list(edits), 0
    with tempfile.TemporaryDirectory() as folder:
        path, turn = Path(folder) / "memo.docx", 0
        while made < times:
            name = names[turn % len(names)]
            turn += 1
            data = edited(memo, edits[name], chance)
            if data is None:
                continue
            path.write_bytes(data)
            found = verify(path)
            made += 1
            yield name, bool(found.differences), _difference(memo, data) + "\n" + str(found)


def _difference(memo: bytes, data: bytes) -> str:
    old, new = ([text_of(one) for one in paragraphs(Document(io.BytesIO(of)))]
                for of in (memo, data))  # fmt: skip
    return " | ".join(one for one in new if one not in old)[:300]


def main(wrong: int = 200, harmless: int = 50) -> None:
    """Print how many of each kind were found."""
    from tests.memo.made_memo import memo_bytes

    memo = memo_bytes()
    missed = [one for one in tried(memo, WRONG, wrong, seed=17) if not one[1]]
    alarms = [one for one in tried(memo, HARMLESS, harmless, seed=18) if one[1]]
    print(f"found {wrong - len(missed)} of {wrong} wrong edits; "
          f"{len(alarms)} false alarms on {harmless} harmless ones")  # fmt: skip
    for name, _, said in [*missed, *alarms]:
        print(f"- {name}: {said}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
