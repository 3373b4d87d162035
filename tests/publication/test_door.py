"""Nothing is shown but what the publication lets through."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tingbjerg_eval"
ROOMS = ("report", "exploring")
RAW = ("incidents", "survey", "consultation", "published", "notes")
"""Tables of which a report may show nothing as it stands in them."""
IN_THE_HOUSE = {"exploring/views.py": {"consultation"}}
"""Working views, shown under a banner where nothing is protected."""
MODULES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_section_reads_a_raw_table(path):
    allowed = IN_THE_HOUSE.get(str(path.relative_to(PACKAGE)), set())
    read = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith(".tables")
    }
    assert read & set(RAW) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_section_leaves_the_released_view(path):
    """``whole`` and ``as_of`` give the study back as it is; a report's plan alone, which holds no
    figure of it, asks for that."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"\.(whole|as_of|build_panel)\b", text)
    assert set(found) <= ({"as_of", "whole"} if path.name == "report.py" else set())


def test_a_report_made_of_a_raw_study_sees_it_through_its_publication(demo_study):
    from tingbjerg_eval.publication.publication import Publication
    from tingbjerg_eval.report.report import Report

    made = Report(demo_study, "quarterly", "2011K2")
    assert isinstance(made.study.released, Publication)
    assert made.study.until == "2011K2"
    assert demo_study.released is None


def test_the_whole_study_is_the_raw_one_again_for_work_in_the_house(demo_study):
    from tingbjerg_eval.publication.publication import publication

    seen = publication(demo_study, "end_of_period").view()
    small = demo_study.panel("robbery")
    assert not seen.panel("robbery")["count"].equals(small["count"])
    assert seen.whole.panel("robbery")["count"].equals(small["count"])
    assert seen.as_of("2011K4").released is None
