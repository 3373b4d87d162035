"""What a reader of the demo's reports sees is spelled as the dictionary does."""

from itertools import pairwise
from shutil import which

import pytest
from reading import misspelt

pytestmark = pytest.mark.skipif(
    which("hunspell") is None, reason="needs hunspell with its Danish dictionary"
)
SMALL = {"og", "i", "at", "af", "en", "et", "den", "det", "der", "som", "til", "for", "er"}


@pytest.fixture(params=["baseline", "end_of_period"])
def text(request, read_demo):
    """The text of a report, its figures' included."""
    return read_demo(request.param, "da")


def test_a_report_is_spelled_as_the_dictionary_does(text):
    assert misspelt(text) == []


def test_a_misspelt_word_would_be_found(text):
    assert misspelt(f"{text} sammenligningsomraade") == ["sammenligningsomraade"]


def test_no_small_word_is_said_twice_running(text):
    said = text.lower().split()
    assert [word for word, after in pairwise(said) if word == after and word in SMALL] == []
