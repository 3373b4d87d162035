"""Forms of numbers and addresses that people write, and text that only looks like them."""

import pytest

from tingbjerg_eval.release import scan_files


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in scan_files({"brev.txt": text.encode()})}


@pytest.mark.parametrize(
    "text",
    [
        "010282+1234",
        "010282,1234",
        "010282(1234)",
        "010282%2D1234",
        "010282&nbsp;1234",
        "ring til 010282-\n1234 i dag",
    ],
)
def test_a_persons_number_is_found_as(text):
    assert kinds(text) == {"CPR number"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mads%40kk.dk", "e-mail address"),
        ("sag 0100-00001-08", "case number"),
        ("tlf. 22 33 44 55", "telephone number"),
        ("skriv til +45 22 33 44 55", "telephone number"),
        ("bor på Eksempelvej 12, 2. tv", "street address"),
        ("Nordre Prøvegade nr. 7", "street address"),
    ],
)
def test_what_points_at_a_person_is_found(text, kind):
    assert kinds(text) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "1998 1999 2000 2010 2011",
        "0100,1234 og 0,749",
        "Prøveparken 22 % færre",
        "Prøvegade 12 % færre",
        "Prøvegade 12 15 20 31",
        "2010K3 12 reports",
        "uge 12",
        "12.345.678 kr.",
    ],
)
def test_plain_figures_are_no_persons(text):
    assert kinds(text) == set()
