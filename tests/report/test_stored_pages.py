"""The demo's pages read word for word as they are stored: what moves one is seen in its commit.

``make key-figures`` stores them anew, after a change that is meant to move them.
"""

import os
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

STORED = Path(__file__).parent / "pages"
ELSEWHERE = re.compile(r"(?<=tingbjerg-eval )[\d.]+.*?Python [\d.]+\d|(?<=låst )\d+\. \w+ \d+")
"""Not the page's own: the versions that made it, the day on which the test locked the plan."""


def as_read(page: str) -> str:
    """A page's words, headings, tables by their rows, and what its drawings say."""
    body = BeautifulSoup(page, "html.parser").body
    for unseen in body(["style", "script"]):
        unseen.decompose()
    for row in body("tr"):
        cells = [cell.get_text(" ", strip=True) for cell in row(["td", "th"])]
        row.replace_with("\n" + " | ".join(cells).rstrip(" |") + "\n")
    for picture in body("img", alt=True):
        picture.replace_with(f"\n{picture['alt']}\n")
    lines = (" ".join(line.split()) for line in body.get_text("\n").splitlines())
    return ELSEWHERE.sub("(...)", "\n".join(filter(None, lines))) + "\n"


@pytest.mark.parametrize("report", ["baseline", "2011K2", "end_of_period"])
def test_the_page_reads_as_stored(demo_made, report):
    found = as_read((demo_made.outputs / "reports" / report / "rapport.html").read_text("utf-8"))
    stored = STORED / f"{report}.txt"
    if os.environ.get("TINGBJERG_STORE_PAGES"):
        stored.write_text(found, "utf-8")
    assert found.splitlines() == stored.read_text("utf-8").splitlines()
