"""``tingbjerg verify``: seeded edits of a memo, wrong and harmless, and its exit codes."""

import io
import random
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from docx.oxml.ns import qn
from made_memo import memo_bytes

from tests.studies.memo_edits import HARMLESS, WRONG, edited, replacing, tried
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.memo import carried, document
from tingbjerg_eval.memo.carried import Carried
from tingbjerg_eval.memo.verify import held, verify
from tingbjerg_eval.run.cli import cli


@pytest.fixture(scope="module")
def memo():
    return memo_bytes()


def test_wrong_edits_of_every_kind_are_found(memo):
    results = list(tried(memo, WRONG, len(WRONG), seed=3))
    missed = [one for one in results if not one[1]]
    assert len(missed) <= 0.02 * len(results), missed


def test_harmless_edits_of_every_kind_are_let_be(memo):
    assert [one for one in tried(memo, HARMLESS, len(HARMLESS), seed=4) if one[1]] == []


STRANGERS = tomllib.loads(Path(__file__).with_name("strangers.toml").read_text("utf-8"))


def written(language, memo, folder) -> Carried:
    if language == "da":
        (folder / "memo.docx").write_bytes(memo)
        return carried.read(folder / "memo.docx")
    lines = tuple(("points", line) for line in STRANGERS["en"]["lines"])
    rows = (("",), *map(tuple, STRANGERS["en"]["rows"]))
    return Carried(language="en", reference="1a2b3c4d", lines=lines, tables=(rows,), simulated=True)


@pytest.mark.parametrize("language", ["da", "en"])
def test_edits_that_the_guard_was_not_made_for(memo, tmp_path, language):
    own = written(language, memo, tmp_path)
    lines = tuple(line.replace("\xa0", " ") for _, line in own.lines)
    rows = tuple(row for table in own.tables for row in table)

    def told(old, new):
        at = next(at for at, line in enumerate(lines) if old in line)
        edited = (*lines[:at], lines[at].replace(old, new, 1).strip(), *lines[at + 1 :])
        return held(document.Text(edited, rows, (), own.pictures), own, own)

    edits = STRANGERS[language]
    missed = [new for old, new in edits["wrong"] if not told(old, new)]
    assert len(missed) <= 0.02 * len(edits["wrong"]), missed
    assert [new for old, new in edits["harmless"] if told(old, new)] == []


def test_the_exit_code_says_whether_the_memo_is_the_reports(memo, tmp_path):
    (tmp_path / "notat.docx").write_bytes(memo)
    wrong = edited(memo, replacing({"faldt 35": "faldt 36"}), random.Random(1))
    (tmp_path / "wrong.docx").write_bytes(wrong)
    (tmp_path / "no.docx").write_bytes(b"no document")
    run = CliRunner().invoke
    assert run(cli, ["verify", str(tmp_path / "notat.docx")]).exit_code == 0
    told = run(cli, ["verify", str(tmp_path / "wrong.docx"), "--report", str(tmp_path)])
    assert (told.exit_code, "36" in told.output) == (1, True)
    with pytest.raises(InputRefused) as refused:
        verify(tmp_path / "no.docx")
    assert refused.value.exit_code == 2


def changed(memo, folder, change) -> list[str]:
    """The kinds of differences that are found once ``change`` has edited the memo."""
    document = Document(io.BytesIO(memo))
    change(document)
    document.save(folder / "edited.docx")
    return [one.kind for one in verify(folder / "edited.docx").differences]


def in_head(old, new):
    def change(document):
        line = next(one for one in document.paragraphs if old in one.text)
        line.runs[0].text = line.text.replace(old, new)

    return change


def describe(text):
    def change(document):
        picture = next(document.element.body.iter(qn("wp:docPr")))
        picture.set("descr", text(picture.get("descr")))

    return change


def on_every_page(text):
    def change(document):
        document.sections[0].header.paragraphs[0].text = text

    return change


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (in_head("19. marts 2013", "20. marts 2013"), "head"),
        (in_head("2009-DEMO-1", "2009-DEMO-7"), "head"),
        (describe(lambda alt: alt.replace("15,8", "12,8")), "number"),
        (describe(lambda _: ""), "picture_lost"),
        (on_every_page("12 hovedmål er nået"), "number"),
    ],
)
def test_head_alternative_text_and_page_header_are_guarded(memo, tmp_path, change, kind):
    assert kind in changed(memo, tmp_path, change)


def out_of_sight(text):
    def change(document):
        line = next(one for one in document.paragraphs if text in one.text)
        for run in line.runs:
            run.font.hidden = True

    return change


def test_a_caveat_that_no_reader_sees_is_lost(memo, tmp_path):
    assert "caveat" in changed(memo, tmp_path, out_of_sight("En del kan være flyttet"))


def test_a_number_in_a_footnote_is_read(memo, tmp_path):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    note = (f'<w:footnotes xmlns:w="{space}"><w:footnote><w:p><w:r><w:t>'
            "Indbrud i beboelse faldt {}.</w:t></w:r></w:p>"
            "</w:footnote></w:footnotes>")  # fmt: skip
    for number, exit_code in (("35 procent", 0), ("41 procent", 1)):
        path = tmp_path / "noted.docx"
        path.write_bytes(memo)
        with zipfile.ZipFile(path, "a") as packed:
            packed.writestr("word/footnotes.xml", note.format(number))
        assert verify(path).exit_code == exit_code


@pytest.mark.parametrize(
    "change",
    [in_head("Evalueringsgruppen", "Sagsbehandleren"), on_every_page("Center for Borgerservice")],
)
def test_names_in_the_head_and_a_letterhead_are_let_be(memo, tmp_path, change):
    assert changed(memo, tmp_path, change) == []


def test_what_the_template_says_itself_is_no_difference(tmp_path):
    template = Document()
    template.add_paragraph("Rådhuspladsen 1, 1599 København V")
    template.sections[0].footer.paragraphs[0].text = "Telefon 33 66 33 66"
    template.save(tmp_path / "house.docx")
    memo = memo_bytes(template=tmp_path / "house.docx")
    assert changed(memo, tmp_path, lambda _: None) == []
