"""Every sentence exists in both languages, is used, and is written as the language asks."""

import ast
import re
from pathlib import Path
from shutil import which
from string import Formatter

import pytest
from reading import misspelt

from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words, sentences

ROOT = Path(__file__).parents[2]
CODE = ROOT / "tingbjerg_eval"


def fields_of(sentence):
    """Names of the fields of a sentence."""
    return frozenset(field for _, field, _, _ in Formatter().parse(sentence) if field)


def constants():
    """Literal texts, and the beginnings of composed ones, in the package and its templates."""
    literal, begun = set(), set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literal.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(node.values[0].value)
    for path in CODE.rglob("*.j2"):
        literal |= set(re.findall(r'words\("([^"]+)"', path.read_text("utf-8")))
    return literal, {text for text in begun if "." in text and text.index(".") > 0}


def asked_for():
    """Keys that the code names literally as the first argument of words(...)."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _is_words(node.func) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", first.value, node
    for path in CODE.rglob("*.j2"):
        for key in re.findall(r'words\("([^"]+)"', path.read_text("utf-8")):
            yield str(path.relative_to(ROOT)), key, None


def _is_words(function):
    return (isinstance(function, ast.Name) and function.id == "words") or (
        isinstance(function, ast.Attribute) and function.attr == "words"
    )


def test_both_languages_have_the_same_keys():
    assert set(sentences("da")) == set(sentences("en"))


def test_both_languages_name_the_same_fields():
    differing = [
        k for k, text in sentences("da").items() if fields_of(text) != fields_of(sentences("en")[k])
    ]
    assert differing == []


def test_every_sentence_asked_for_exists():
    missing = [(where, key) for where, key, _ in asked_for() if key not in sentences("da")]
    assert missing == []


def test_every_sentence_asked_for_gets_its_fields():
    short = []
    for where, key, node in asked_for():
        if node is None or key not in sentences("da") or any(k.arg is None for k in node.keywords):
            continue
        given = {keyword.arg for keyword in node.keywords}
        if not fields_of(sentences("da")[key]) <= given:
            short.append((where, key))
    assert short == []


def test_every_sentence_is_used():
    literal, begun = constants()
    unused = [
        key
        for key in sentences("da")
        if key not in literal and not any(key.startswith(start) for start in begun)
    ]
    assert unused == []


def test_no_sentence_has_a_typed_number_but_the_unit_of_rates_and_of_the_index():
    allowed = {"1.000", "100"}
    typed = {
        key: found
        for key, text in sentences("da").items()
        if not key.startswith(("asks.", "folder.said_pdf"))  # examples of an answer, a standard
        and (found := set(re.findall(r"\d[\d.,]*\d|\d", re.sub(r"\{\w+\}", "", text))) - allowed)
    }
    assert typed == {}


def test_a_change_of_a_share_is_in_percentage_points_and_never_in_percent():
    for key, text in sentences("da").items():
        if "points" in key.split(".")[-1] or "procentpoint" in text:
            assert not re.search(r"procent(?!point|tal)|%", text), key


def test_comparison_areas_are_never_called_controls():
    for language in wording.LANGUAGES:
        for key, text in sentences(language).items():
            assert not re.search(r"\bcontrol (area|group)|kontrol(område|gruppe)", text, re.I), key


def test_an_unknown_sentence_or_a_missing_field_is_an_error():
    words = Words("da")
    with pytest.raises(KeyError, match="no sentence 'nothing'"):
        words("nothing")
    with pytest.raises(KeyError, match="needs the field 'threshold'"):
        words("hidden.under")
    with pytest.raises(ValueError, match="no texts in 'fr'"):
        Words("fr")


def test_a_value_in_braces_stays_text():
    assert Words("da")("figure.goal", goal="{0.__class__}") == "Mål: {0.__class__}"


def test_an_unknown_code_gets_the_general_sentence_of_its_kind():
    words = Words("en")
    assert words.first("refused.unheard-of", "refused.generic", code="unheard-of").endswith(
        "(code: unheard-of)."
    )


def test_windows_of_whole_years_are_said_as_years():
    words = Words("da")
    assert words.window(("2008K1", "2009K4")) == "2008–2009"
    assert words.window(("2010K1", "2010K4")) == "2010"
    assert words.window(("2010K2", "2011K1")) == "2. kvartal 2010 til 1. kvartal 2011"
    assert words.window((2009, 2009)) == "2009"


def test_a_sentence_that_ends_in_an_abbreviation_gets_one_full_stop():
    words = Words("da")
    amounts = {name: words.money(2_000_000, short=True) for name in ("spent", "frame")}
    said = words("money.spent_of", **amounts)
    assert said.endswith("kr.")
    assert not said.endswith("..")


@pytest.mark.skipif(which("hunspell") is None, reason="needs hunspell with its Danish dictionary")
def test_the_danish_texts_are_spelled_as_the_dictionary_does():
    text = "\n".join(re.sub(r"\{\w+\}", " ", said) for said in sentences("da").values())
    assert misspelt(text) == []
