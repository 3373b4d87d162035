"""Values from data stay text, in HTML and in spreadsheets."""

from html.parser import HTMLParser

import pytest
from markupsafe import escape

from tingbjerg_eval.presentation.blocks.workbook import (
    clean_text,
    neutralise_formula,
)
from tingbjerg_eval.release import scan_files

PAYLOADS = (
    "<script>alert(1)</script>", "<ScRiPt src=//example.org>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>",
    "\" onmouseover=alert(1) x=\"", "' onfocus=alert(1) autofocus x='", "<iframe src=//x>",
    "<object data=x>", "<embed src=x>", "<math><mi xlink:href=javascript:alert(1)>x",
    "<a href=javascript:alert(1)>x</a>", "</td></tr></table><script>x</script>",
    "</title><script>x</script>", "</style><script>x</script>", "<!--><script>x</script>-->",
    "<![CDATA[<script>x</script>]]>", "<template><script>x</script></template>",
    "<base href=//example.org>", "<meta http-equiv=refresh content=0>", "<link rel=import href=x>",
    "<body onload=alert(1)>", "<details open ontoggle=alert(1)>", "<style>@import'//x'</style>",
    "<video><source onerror=alert(1)>", "<form action=//x><input type=submit>", "<\x00script>x",
    "\u202e<script>x</script>", "<svg><animate onbegin=alert(1)>", "{{7*7}}<script>x</script>",
)  # fmt: skip
FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", " =1+1",
    "=HYPERLINK(\"http://x\")", "=IMPORTXML(A1)", "＝1+1", "\n=1", "-A1", "+cmd",
)  # fmt: skip


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, [name for name, _ in attrs]))


def parsed(page):
    reader = Tags()
    reader.feed(page)
    return reader.seen


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_text_in_an_element_and_in_attributes(payload):
    safe = escape(clean_text(payload))
    assert parsed(f"<p>{safe}</p>") == [("p", [])]
    assert parsed(f'<p title="{safe}">x</p>') == [("p", ["title"])]
    assert parsed(f"<p title='{safe}'>x</p>") == [("p", ["title"])]
    assert scan_files({"r.html": f"<p title='{safe}'>{safe}</p>".encode()}) == []


@pytest.mark.parametrize("payload", [of for of in PAYLOADS if "<" in of and "\x00" not in of])
def test_unescaped_it_would_stop_the_hand_over(payload):
    assert scan_files({"r.html": f"<!doctype html><p>{payload}</p>".encode()})


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_becomes_text(formula):
    assert neutralise_formula(formula) == f"'{formula}"


@pytest.mark.parametrize("value", [-3, 3.5, 0, None, True, "Tingbjerg", "under 5", "2010K1", ""])
def test_numbers_and_words_stay_what_they_are(value):
    assert neutralise_formula(value) is value


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_csv_with_a_live_formula_is_refused_and_a_neutralised_one_is_not(formula):
    line = formula.replace('"', "").replace("\n", "").replace("\r", "").strip(" ")
    if line.startswith(("=", "+", "-", "@", "\t")):
        assert [f.kind for f in scan_files({"t.csv": f"a;{line}\n".encode()})] == ["formula"]
    assert scan_files({"t.csv": f"a;{neutralise_formula(line)}\n".encode()}) == []
