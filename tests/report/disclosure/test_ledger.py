"""What was handed over is kept, whole and in order."""

from tingbjerg_eval.disclosure.ledger import Ledger


def test_the_ledger_comes_back_from_its_file_and_gives_the_same_bytes(tmp_path):
    ledger = Ledger.load(tmp_path / "ledger.json")
    for name in ("2010K1", "2010K2", "baseline"):
        ledger.add(name, {"report": name, "tables": [{"name": "røveri", "cells": []}]})
    ledger.save()
    first = (tmp_path / "ledger.json").read_bytes()
    again = Ledger.load(tmp_path / "ledger.json")
    assert again.earlier() == ledger.earlier()
    assert [one["report"] for one in again.earlier("2010K2")] == ["2010K1", "baseline"]
    again.save()
    assert (tmp_path / "ledger.json").read_bytes() == first


def test_a_report_published_again_with_other_figures_keeps_its_former_edition():
    ledger = Ledger()
    first, second = {"tables": [1]}, {"tables": [2]}
    for published in (first, first, second):
        ledger.add("2010K1", published)
    assert list(ledger.reports) == ["2010K1 (edition 1)", "2010K1"]
