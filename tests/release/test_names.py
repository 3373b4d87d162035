"""Names of persons are found in whatever a deliverer wrote, and places named after them are not."""

from pathlib import Path

import pytest
from carriers import html

from tingbjerg_eval.release import scan_files
from tingbjerg_eval.release.names import persons

PROSE = sorted(
    path
    for folder, kind in (("docs", "*.md"), ("notebooks", "*.ipynb"), ("parameters", "*.yaml"),
                         ("tingbjerg_eval/presentation/texts", "*.toml"))
    for path in (Path(__file__).parents[2] / folder).rglob(kind)
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["Jens Jensen", "Ali Hassan kom", "Mette Marie Holm-Nielsen", "Jens P. Hansen", "(Fatima Khan)",
     "Anders Friis"],
)  # fmt: skip
def test_a_first_name_with_a_surname_is_found(text):
    assert persons(text) == 1


@pytest.mark.parametrize(
    "text",
    ["Peter Bangs Vej 12", "Sankt Hans Torv", "Hans Tavsens Park", "Karen Blixens Plads",
     "Anna Anchers Gård", "Hans indsats", "Maria Kirke", "Prinsesse Maries Allé", "Jens",
     "Mjølnerparken Nord"],
)  # fmt: skip
def test_a_place_named_after_a_person_is_none(text):
    assert persons(text) == 0


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_no_name_is_found_in_the_projects_own_prose(path):
    assert persons(path.read_text(encoding="utf-8")) == 0


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [("Mette Hansen", "Mette Hansen", "name of a person"),
     ("Nørregade 12", "Nørregade", "street address")],
)  # fmt: skip
def test_what_the_study_itself_names_may_stand(text, name, kind):
    page = {"r.html": html(f"<p>{text}</p>")}
    assert [one.kind for one in scan_files(page)] == [kind]
    assert scan_files(page, names_allowed=[name]) == []
