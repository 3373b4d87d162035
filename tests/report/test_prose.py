"""A report speaks one language: notebooks are Danish, and every prose cell has an English text."""

import re
import tomllib
from importlib.resources import files

import pytest
from nbformat import v4
from reading import KINDS, cells_read

from tingbjerg_eval.presentation.words.sentences import ProseMissing, in_language, prose, sentences

ENGLISH_TOO = {
    "give", "gives", "have", "interval", "log", "negative", "note", "part", "parts", "pdf",
    "plan", "program", "relevant", "sent", "set", "side", "start", "tables", "test", "xlsx",
}  # fmt: skip
"""Words that are spelled alike in both languages."""
WORDS = re.compile(r"[^\W\d_]{3,}")
WRITTEN = tomllib.loads(
    (files("tingbjerg_eval.presentation") / "texts" / "en_prose.toml").read_text("utf-8")
)


def prose_cells(kind):
    return [cell for cell in cells_read(kind) if cell.cell_type == "markdown"]


def words_of(texts):
    return {word.lower() for text in texts for word in WORDS.findall(text)}


def headings(text):
    return re.findall(r"(?m)^#+ ", text)


@pytest.fixture(scope="module")
def danish_only(demo_folder):
    """Words of the Danish texts that are neither English too nor in the study's own names."""
    prose_said = [cell.source for kind in KINDS for cell in prose_cells(kind)]
    sentences_said = [re.sub(r"\{\w+\}", " ", said) for said in sentences("da").values()]
    study = [(demo_folder / name).read_text("utf-8") for name in ("study.yaml", "strategy.yaml")]
    return words_of([*prose_said, *sentences_said]) - words_of(study) - ENGLISH_TOO


@pytest.mark.parametrize("kind", KINDS)
def test_every_prose_cell_of_a_notebook_has_an_english_text_with_the_same_headings(kind):
    english = prose("en", kind)
    cells = {cell.id: cell.source for cell in prose_cells(kind)}
    assert set(cells) - set(english) == set()
    for name, source in cells.items():
        assert headings(english[name]) == headings(source), name
        assert source.count("\n\n") == english[name].strip().count("\n\n"), name


def test_every_english_text_belongs_to_a_cell():
    cells = {kind: {cell.id for cell in prose_cells(kind)} for kind in KINDS}
    assert set(WRITTEN) == {"every", *KINDS}
    assert set(WRITTEN["every"]) <= set.union(*cells.values())
    for kind in KINDS:
        assert set(WRITTEN[kind]) <= cells[kind]
        assert not set(WRITTEN[kind]) & set(WRITTEN["every"])


def test_a_cell_shared_by_notebooks_says_the_same_in_each():
    said = {}
    for kind in KINDS:
        for cell in prose_cells(kind):
            if cell.id in WRITTEN["every"]:
                assert said.setdefault(cell.id, cell.source) == cell.source


def test_a_cell_without_an_english_text_stops_the_report():
    cells = [v4.new_markdown_cell("## Nyt afsnit", id="nyt-afsnit")]
    with pytest.raises(ProseMissing, match=r"'nyt-afsnit' has no text in texts/en_prose\.toml"):
        in_language(cells, "en", "baseline")


def test_the_notebook_is_left_danish():
    cells = [v4.new_markdown_cell("## Økonomi", id="oekonomi")]
    assert in_language(cells, "en", "baseline")[0].source == "## Money"
    assert cells[0].source == "## Økonomi"
    assert in_language(cells, "da", "baseline") == cells


def test_prose_of_a_notebook_of_another_kind_stays_as_written():
    cells = [v4.new_markdown_cell("## My own question", id="mine")]
    assert in_language(cells, "en", "") == cells


@pytest.mark.parametrize("kind", ["baseline", "end_of_period"])
def test_an_english_report_holds_no_danish_but_the_studys_own_names(read_demo, danish_only, kind):
    assert words_of([read_demo(kind, "en")]) & danish_only == set()


def test_a_danish_report_holds_many_of_the_words_an_english_one_may_not_hold(
    read_demo, danish_only
):
    assert len(words_of([read_demo("baseline", "da")]) & danish_only) > 100
