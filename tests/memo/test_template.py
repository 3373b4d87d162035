"""The municipality's own Word document, named in the study's file."""

import shutil
from pathlib import Path

import pytest
from docx import Document
from made_memo import PAGE, TABLES

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.memo import handover
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.settings_file import read_settings, template_problems

PARAMETERS = Path(__file__).parents[2] / "parameters"


@pytest.fixture
def study(tmp_path):
    """The demo's files without its data, with a template that is not there yet."""
    for name in ("study.yaml", "strategy.yaml"):
        shutil.copy(PARAMETERS / name, tmp_path)
    path = tmp_path / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("case:\n", "case:\n  memo_template: notat.docx\n", 1), "utf-8")
    return path


@pytest.mark.parametrize("content", [None, b"no document"])
def test_a_template_that_is_no_word_document_is_refused_before_anything_is_read(study, content):
    if content:
        (study.parent / "notat.docx").write_bytes(content)
    with pytest.raises(InputRefused) as refused:
        open_study(study)
    assert [one.code for one in refused.value.problems] == ["memo-template"]


def test_a_template_elsewhere_is_refused(study):
    Document().save(study.parent / "notat.docx")
    settings = read_settings(study)
    assert template_problems(settings, study.parent) == []
    assert template_problems(settings, study.parent / "data")


def test_the_memo_is_written_in_the_studys_template(tmp_path):
    template = Document()
    template.add_paragraph("Letterhead")
    template.save(tmp_path / "notat.docx")
    page = PAGE.read_text(encoding="utf-8")
    context = {"folder": str(tmp_path), "memo_template": "notat.docx"}
    (tmp_path / "made.docx").write_bytes(handover._memo(page, TABLES, Words("da"), context))
    assert Document(str(tmp_path / "made.docx")).paragraphs[0].text == "Letterhead"
