"""A planted text is found wherever it stands; the same file without it is clean."""

import base64
from io import BytesIO

import pytest
from carriers import CARRIERS, data_address, html, pdf_page, png, with_zip_part, xlsx_cell
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tingbjerg_eval.release import scan_files

CPR = "010190-1234"


def kinds(files, **known):
    return {finding.kind for finding in scan_files(files, **known)}


def test_there_are_at_least_thirty_places_in_twenty_three_channels():
    assert len(CARRIERS) >= 40


@pytest.mark.parametrize("place", CARRIERS)
def test_a_cpr_number_is_found_in(place):
    assert "CPR number" in kinds(CARRIERS[place](CPR))


@pytest.mark.parametrize("place", CARRIERS)
def test_without_it_nothing_is_found_in(place):
    assert scan_files(CARRIERS[place]("harmless words")) == []


@pytest.mark.parametrize("place", sorted(set(CARRIERS) - {"file name", "workbook sheet name"}))
@pytest.mark.parametrize(
    ("planted", "kind"),
    [("somebody@example.dk", "e-mail address"), ("0100-70111-00123-10", "case number")],
)
def test_an_address_and_a_case_number_are_found_in(place, planted, kind):
    assert kind in kinds(CARRIERS[place](planted))


@pytest.mark.parametrize(
    "path",
    ["/home/somebody/study", "/tmp/x/data.csv", "C:\\Users\\somebody\\x", "\\\\server\\share",
     "file:///srv/x", "/Users/somebody", "/data/extracts/police.csv", "ipykernel_1234"],
)  # fmt: skip
def test_a_local_path_is_found(path):
    assert kinds({"r.html": html(f"<p>read {path} again</p>")}) == {"local path"}


BESIDE = ["5", "-", "%", "x", " 5 %", "", 'File "']
"""What would change the meaning of what stands beside it, were it one text with it."""


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize(
    ("text", "kind"),
    [("010190-1234", "CPR number"), ("somebody@example.dk", "e-mail address"),
     ("+45 12 34 56 78", "telephone number"), ("Nørrebrogade 12", "street address"),
     ("Mette Nielsen", "name of a person"), ("0100-70111-00123-10", "case number"),
     ("/home/somebody", "local path"), ('File "cell.py", line 3', "error message")],
)  # fmt: skip
def test_what_is_found_in_a_text_is_found_whatever_texts_stand_beside_it(text, kind, beside):
    assert kind in kinds({"r.txt": "\n".join([beside, text, beside]).encode()})


def test_a_text_that_word_would_not_show_but_holds_is_found():
    part = f'<!DOCTYPE w [<!ENTITY who "{CPR}">]><w/>'
    packed = with_zip_part(xlsx_cell("words"), "word/other.xml", part.encode())
    assert kinds({"r.docx": packed}) == {"CPR number"}


@pytest.mark.parametrize(
    "text",
    ["Traceback (most recent call last)", 'File "cell.py", line 3', "ValueError: bad",
     "FutureWarning: soon", "\x1b[31mred"],
)  # fmt: skip
def test_an_error_message_is_found(text):
    assert "error message" in kinds({"r.html": html(f"<pre>{text}</pre>")})


def test_the_studys_own_case_number_may_stand():
    page = {"r.html": html("<p>Sagsnr. 2009-123456</p>")}
    assert kinds(page) == {"case number"}
    assert scan_files(page, case_numbers_allowed=["2009-123456"]) == []


def test_a_finding_names_place_and_kind_but_never_the_value():
    (found,) = scan_files({"r.html": html(f'<img alt="{CPR}">')})
    assert str(found) == "r.html: CPR number in attribute alt"


def test_files_are_told_apart_by_content_not_by_name():
    assert "CPR number" in kinds({"report.html": pdf_page(CPR)})
    assert "CPR number" in kinds({"table.csv": xlsx_cell(CPR)})


def test_bytes_after_a_picture_are_found():
    assert "bytes after the end of the picture" in kinds({"f.png": png(after=b"hidden")})


def test_files_packed_too_deeply_are_refused():
    text = "note " + CPR
    for _ in range(9):
        text = "note " + base64.b64encode(text.encode()).decode()
    assert "a file packed too deeply to be read" in kinds({"r.txt": text.encode()})


def test_what_cannot_be_read_is_refused():
    assert kinds({"r.pdf": b"%PDF-1.7 broken"}) == {"a PDF that cannot be read"}
    assert kinds({"t.xlsx": b"PK\x03\x04broken"}) == {"an archive that cannot be read"}
    assert "a kind of file that cannot be read" in kinds({"t.bin": b"\x01\x00\x02\x00" * 9})


def test_a_workbook_with_a_formula_a_hidden_sheet_or_a_macro_is_refused():
    assert "formula" in kinds({"t.xlsx": xlsx_cell("=1+1")})
    macro = with_zip_part(xlsx_cell("x"), "word/_rels/x.rels", b"<a Target='vbaProject.bin'/>")
    assert "macro" in kinds({"t.xlsx": macro})


@pytest.mark.parametrize(
    "live",
    ["<script>x</script>", "<img src=x onerror=a()>", "<a href='javascript:a()'>x</a>",
     "<a href=' java\tscript:a()'>x</a>", "<iframe srcdoc='x'></iframe>", "<base href='/x/'>",
     "<link rel=stylesheet href='https://example.org/x.css'>", "<img src='//example.org/x.png'>",
     "<style>@import 'x.css'</style>", "<p style='background:url(https://example.org)'>x</p>",
     "<meta http-equiv=Refresh content='0;url=x'>", "<object data='x'></object>",
     "<svg><animate onbegin='a()'/></svg>", "<form action='x'></form>", "<embed src='x'>",
     "<svg><use xlink:href='https://example.org/x#a'/></svg>", "<!--[if IE]><script>x</script>-->",
     "<!--><img src=x onerror=a()>-->", "<style></style><img src=x onerror=a()></style>",
     "<a href='data:text/html,x'>x</a>", "<body onload=a()>", "<video src='x'></video>"],
)  # fmt: skip
def test_live_content_and_network_addresses_are_refused(live):
    assert scan_files({"r.html": html(live)})


def test_drawings_digests_fonts_and_styles_are_no_numbers():
    path = "M 101090 1234 L 010190 1234 10.0101901234 C 230580-1234"
    font = data_address(b"wOF2" + bytes(range(256)) * 4, "font/woff2")
    page = html(
        f'<style>@font-face{{src:url("{font}")}}</style>'
        f'<svg viewBox="0 0 10190 1234"><path id="m0101901234ab5c6d7e" d="{path}"/></svg>'
        f"<p>sha256 {'0101901234abcdef' * 4}</p><p>1.234.567 kr., 12,5 %, 2010-2012</p>"
        "<p>21. oktober 2009, 31.12.2012, 2010K1</p>"
    )
    assert scan_files({"r.html": page}) == []


def _pdf(prepare) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    prepare(writer)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _action(kind: str, **more: str) -> DictionaryObject:
    texts = {NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(f"/{kind}"), **texts})


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("/OpenAction", _action("Launch", F="a.exe")),
        ("/OpenAction", _action("JavaScript", JS="app.alert(1)")),
        ("/AA", DictionaryObject({NameObject("/WC"): _action("Named", N="Print")})),
        ("/Launch", _action("Launch", F="a.exe")),
        ("/JavaScript", _action("Named", N="Print")),
        ("/JS", TextStringObject("app.alert(1)")),
    ],
)
def test_an_action_of_a_pdf_is_refused(key, action):
    def plant(writer):
        writer.root_object[NameObject(key)] = action

    assert kinds({"a.pdf": _pdf(lambda _: None)}) == set()
    assert "script element" in kinds({"a.pdf": _pdf(plant)})


def test_a_pdf_that_opens_at_a_page_is_no_danger():
    def plant(writer):
        writer.root_object[NameObject("/OpenAction")] = _action("GoTo")

    assert kinds({"a.pdf": _pdf(plant)}) == set()
