"""What is looked for in the bytes of a large file, and in its columns, is found wherever it is."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tingbjerg_eval.data.incidents import plain_file
from tingbjerg_eval.data.incidents.large_files import ByteSigns
from tingbjerg_eval.data.incidents.plain_file import PlainFile
from tingbjerg_eval.data.personal import any_cpr

PIECES = st.lists(st.sampled_from([
    b"a", b"\r", b"\n", b"\r\n", b"\xc3", b"\x83", b"\xa2", b"\xe2", b"\x82", b"\xac", b"\0", b'"',
    b"\xe5", b"\xc3\xa5", "€".encode(), "â€".encode()[:3], "Ã".encode(), b"plain text",
]), max_size=8)  # fmt: skip


def wrong(data: bytes, codec: str) -> bool:
    """The same judgement over the whole file, as plainly as can be said."""
    if b"\0" in data or re.search(rb"\r(?!\n)", data):
        return True
    if codec == "utf-8":
        return "Ã".encode() in data or "â€".encode() in data
    return bool(re.search(rb"[\x80-\x9f]|[\xc3\xc5][\x80-\xbf]", data))


@pytest.mark.parametrize("codec", ["utf-8", "latin-1"])
@settings(max_examples=300)
@given(pieces=PIECES)
@example(pieces=[b"\xc3", b"\x83"])
@example(pieces=[b"\r", b"\n"])
@example(pieces=[b"a\xc3\xa2\xe2", b"\x82", b"\xac"])
def test_signs_are_found_however_the_file_is_cut(pieces, codec):
    signs = ByteSigns(codec)
    for piece in pieces:
        signs.see(piece)
    data = b"".join(pieces)
    assert signs.irregular == wrong(data, codec)
    assert signs.quotes == (b'"' in data)
    assert signs.plain == (b'"' not in data and data.count(b"\r\n") in (0, data.count(b"\n")))
    assert signs.rows == data.rstrip(b"\r\n").count(b"\n")


DIGITS = st.text(alphabet="00112367901 -.,x٣æ–", max_size=24)
EDGES = ["0101701234", "610170-1234", "x0101701234", "1.0101701234", "01017012345", "0101701234,5"]
NUMBERS = st.one_of(DIGITS, st.sampled_from(EDGES))


@pytest.mark.parametrize("separated_only", [False, True])
@settings(max_examples=500)
@given(texts=st.lists(NUMBERS, max_size=6))
def test_a_column_is_searched_as_text_by_text(texts, separated_only):
    file = PlainFile(path=None, separator=";", headings=["a"], codec="utf-8")
    column = pa.array([one.encode() for one in texts], pa.binary())
    found = file.cpr_shaped(file.checked(column), separated_only=separated_only)
    assert (found is not None) == any_cpr(texts, separated_only=separated_only)


@pytest.mark.parametrize("at", [0, 1, 5, 54, 55, 59, 60, 63, 64, 65, 119, 130])
@pytest.mark.parametrize("text", ["0101701234", "010170-1234"])
def test_ten_digits_across_the_pieces_that_are_searched_are_found(at, text, monkeypatch):
    monkeypatch.setattr(plain_file, "PIECE", 64)
    file = PlainFile(path=None, separator=";", headings=["a"], codec="latin-1")
    column = pa.array([("x" * at + text + "x" * 40).encode()], pa.binary())
    assert file.cpr_shaped(column, separated_only=False)


def test_bytes_that_are_not_utf8_are_refused():
    file = PlainFile(path=None, separator=";", headings=["a"], codec="utf-8")
    with pytest.raises(pa.ArrowInvalid):
        file.checked(pa.array([b"\xe5"], pa.binary()))
    assert np.array_equal(file.checked(pa.array([b"\xc3\xa5"], pa.binary())), ["å"])
