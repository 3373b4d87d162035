"""What is looked for in the bytes of a large file, and in its columns, is found wherever it is."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.incidents.delimited_reports import ByteSigns
from tingbjerg_eval.data.incidents.engines import duckdb_session, frame_engine
from tingbjerg_eval.data.incidents.file_queries import FileQueries
from tingbjerg_eval.data.personal import any_cpr, holds_cpr

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
    signs = ByteSigns(codec, ";")
    for piece in pieces:
        signs.see(piece)
    data = b"".join(pieces)
    text = data.decode(codec, errors="replace").rstrip("\r\n")
    last = text.splitlines()[-1:]
    blank = bool(last) and not last[0].strip('"\xa0 ;')
    assert signs.irregular == (wrong(data, codec) or blank)
    assert signs.rows == data.rstrip(b"\r\n").count(b"\n")


DIGITS = st.text(alphabet="00112367901 -.,x٣æ–", max_size=24)
EDGES = ["0101701234", "610170-1234", "x0101701234", "1.0101701234", "01017012345", "0101701234,5"]
NUMBERS = st.one_of(DIGITS, st.sampled_from(EDGES))


@pytest.mark.parametrize("waived", [False, True])
@settings(max_examples=100, deadline=None)
@given(texts=st.lists(NUMBERS, min_size=1, max_size=6))
def test_a_column_is_searched_for_cpr_numbers_as_text_by_text(texts, waived):
    frame = pd.DataFrame({"a": texts}, dtype=object)
    raw = RawTable(file="x", frame=frame, places=frame.index.to_numpy())
    with duckdb_session() as connect:
        queries = FileQueries(engine=frame_engine(connect, raw), headings={}, date_format=None,
                              waived={"a"} if waived else set())  # fmt: skip
        suspicious = queries.suspicious(["a"])["text"].tolist()
        lost = queries.zeros_lost(["a"])
        outline = queries.outline(["a"])
    found = any_cpr(suspicious, separated_only=waived) or bool(lost)
    assert found == holds_cpr(frame["a"], waived=waived)
    assert outline["suspicious"] or not found
