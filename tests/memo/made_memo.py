"""A memo made of the first page of the demo study's final evaluation (simulated figures)."""

from pathlib import Path

from tingbjerg_eval.memo.content import memo_of
from tingbjerg_eval.memo.sources import Sources
from tingbjerg_eval.memo.word import write_memo
from tingbjerg_eval.presentation.words.sentences import Words

PAGE = Path(__file__).with_name("page.html")
HEADINGS = ("target", "before", "after", "change", "goal")
TABLES = [
    {
        "name": "main-targets-counts",
        "caption": "Hovedmål i politiets anmeldelser",
        "notes": [],
        "columns": [
            {"key": key, "heading": key, "kind": "number" if at else "text",
             "decimals": decimals, "align": "words", "language": "da"}
            for at, (key, decimals) in enumerate(zip(HEADINGS, (None, 1, 1, 0, None), strict=True))
        ],
        "rows": [["Indbrud i beboelse", 24.3, 15.8, -35.0, "40 % færre"],
                 ["Vold og trusler", 15.1, 11.8, -22.0, "10 % færre"]],
    }
]  # fmt: skip


def memo_bytes(template=None, page=None) -> bytes:
    words = Words("da")
    memo = memo_of(page or PAGE.read_text(encoding="utf-8"), words, reference="1a2b3c4d")
    return write_memo(memo, Sources(TABLES, words), words, template=template)
