"""What changed since the last edition: only counts that both editions tell."""

import pytest

import tingbjerg_eval as te
from tingbjerg_eval.publication.earlier import EDITIONS
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.report.sections.changed import revised, told_cells


def edition(**cells):
    told = [{"key": key, "value": value} for key, value in cells.items()]
    return {"tables": [{"name": "burglary", "cells": told}]}


def test_a_count_told_otherwise_is_named_and_a_hidden_one_never():
    earlier = edition(a=10, b=20, c=None, d=7)
    now = told_cells(edition(a=11, b=20, c=6, d=None))
    assert revised([earlier], now).to_dict("records") == [
        {"table": "burglary", "cell": "a", "before": 10, "now": 11}
    ]


def test_of_several_editions_the_newest_counts():
    assert revised([edition(a=9), edition(a=11)], told_cells(edition(a=11))).empty


@pytest.fixture
def demo(demo_study):
    """The demo without editions, whatever is done to it."""
    return demo_study.__class__(settings=demo_study.settings, written=demo_study.written,
                                tables=demo_study.tables, path=demo_study.path)  # fmt: skip


def test_a_report_names_the_counts_that_its_last_edition_told_otherwise(demo):
    held = demo.memo.get(EDITIONS, list)
    shown = publication(demo, "2011K2").handed_over()
    table = next(one for one in shown["tables"] if one["name"] == "burglary")
    cell = next(one for one in table["cells"] if one["value"] is not None)
    was = cell["value"]
    cell["value"] = was + 3
    held.append(shown)
    part = te.open_report(demo, "quarterly", quarter="2011K2").changed()
    (table,) = part.tables()
    assert [row[2:] for row in table["rows"]] == [[was + 3, was]]


def test_without_an_earlier_edition_nothing_is_compared(demo):
    said = te.open_report(demo, "quarterly", quarter="2011K2").changed().text()
    assert "ingen tidligere udgave" in said
    assert "Indbrud i beboelse: fra foran til bagud" in said
