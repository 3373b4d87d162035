"""What ``new-study`` asks, understands and writes."""

from __future__ import annotations

import re

import pytest
import yaml
from click.testing import CliRunner

from tingbjerg_eval.data.check import check_study
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.run.cli import cli

AREAS = ["Vest", "Nord", "Syd", "Øst", "Midt", "Havn"]
TYPED = ["Trygt Vest", "Vest", "Nord, Syd", "Nord, Syd, Øst, Midt, Havn", "2018", "2018-2019",
         "2020-2021", "1320, 1390", "i går", "2022-09-01"]  # fmt: skip
"""Three of the answers cannot be used and are asked for again."""


def asked(folder, typed, *options):
    words = ["new-study", str(folder), *options]
    return CliRunner().invoke(cli, words, input="\n".join(typed) + "\n")


@pytest.mark.parametrize(
    ("language", "said"), [("da", "Skriv mindst fem områder"), ("en", "Write at least five areas")]
)
def test_a_wrong_answer_is_asked_for_again_at_once(tmp_path, language, said):
    told = asked(tmp_path / "new", TYPED, "--language", language)
    assert told.exit_code == 0, told.output
    assert told.output.count(said) == 1
    written = yaml.safe_load((tmp_path / "new" / "study.yaml").read_text("utf-8"))
    assert written["periods"] == {"baseline": ["2018K1", "2019K4"], "period": ["2020K1", "2021K4"]}
    assert written.get("language", "da") == language
    baskets = {name: one["basket"]["codes"] for name, one in written["indicators"].items()}
    assert baskets == {"kode_1320": ["1320"], "kode_1390": ["1390"]}


def test_the_further_sections_are_there_as_comments(tmp_path):
    asked(tmp_path / "new", TYPED)
    text = "".join(
        (tmp_path / "new" / f"{one}.yaml").read_text("utf-8") for one in ("study", "strategy")
    )
    wanted = ("survey:", "activities:", "consultation:", "decided:", "measures:", "decisions:")
    assert [one for one in wanted if f"{one}" not in text] == []


def said_in(folder):
    """Every comment of a study's files, and every text that a person is to replace."""
    for file in ("study.yaml", "strategy.yaml"):
        for line in (folder / file).read_text("utf-8").splitlines():
            yield from re.findall(r"# (?! )[^\[{]*[A-Za-zæøå]{2,} .*", line)
            yield from re.findall(r"(?:title|sender|recipient|problem|evidence): .*", line)


def test_an_english_study_says_nothing_in_danish(tmp_path):
    for language in ("da", "en"):
        asked(tmp_path / language, TYPED, "--language", language)
    danish, english = (set(said_in(tmp_path / one)) for one in ("da", "en"))
    assert {one for one in danish & english if "Trygt Vest" not in one} == set()
    assert len(english) > 20


def test_a_new_study_is_called_by_its_folder_so_that_a_ledger_tells_it_from_others(tmp_path):
    folder = tmp_path / "Trygt Nørrebro 2"
    asked(folder, TYPED)
    assert yaml.safe_load((folder / "study.yaml").read_text("utf-8"))["name"] == "trygt-noerrebro-2"


def delivered(path, heads, encoding):
    rows = [f"{area};{year}K{part};{code};{20 + part}"
            for area in AREAS for year in range(2018, 2022) for part in range(1, 5)
            for code in ("1320", "1390")]  # fmt: skip
    path.write_text("\n".join([heads, *rows]) + "\n", encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
def test_a_delivered_file_is_mapped_and_its_codes_are_offered(tmp_path, encoding):
    file = delivered(tmp_path / "udtraek.csv", "Område;Kvartal;Gerningskode;Anmeldelser", encoding)
    typed = ["Trygt Vest", "Vest", ", ".join(AREAS[1:]), "2018-2019", "2020-2021", "", "2022-09-01"]
    told = asked(tmp_path / "new", typed, "--delivered", str(file))
    assert told.exit_code == 0, told.output
    people = tmp_path / "new" / "data" / "befolkning.csv"
    people.write_text(people.read_text("utf-8").replace(";\n", ";5000\n"), "utf-8")
    assert check_study(tmp_path / "new" / "study.yaml").problems == ()
    study = open_study(tmp_path / "new")
    assert study.panel("kode_1390").query("area == 'Øst'")["count"].tolist()[:4] == [21, 22, 23, 24]


def test_a_column_that_nobody_knows_is_named(tmp_path):
    file = delivered(tmp_path / "u.csv", "Område;Kvartal;Hvad;Antal", "utf-8")
    told = asked(tmp_path / "new", [], "--delivered", str(file))
    assert "delivery-unmatched" in str(told.exception)
    assert not (tmp_path / "new").exists()


def test_a_file_without_headings_has_none_of_its_values_repeated(tmp_path):
    file = tmp_path / "udtraek.csv"
    file.write_text("Anna Jensen;010190-1234;Nordbyen\n" * 2, encoding="utf-8")
    told = asked(tmp_path / "new", [], "--delivered", str(file))
    assert "delivery-unmatched" in str(told.exception)
    assert "Jensen" not in str(told.exception)
