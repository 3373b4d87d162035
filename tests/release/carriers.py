"""Files of every kind that carry one planted text in one place."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib

import openpyxl
from openpyxl.comments import Comment
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)


def html(inside: str) -> bytes:
    return f'<!doctype html><html lang="da"><body>{inside}</body></html>'.encode()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, after: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"") + after


def data_address(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def svg_address(drawing: str) -> str:
    return data_address(drawing.encode(), "image/svg+xml")


def saved(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_page(text: str) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    content = StreamObject()
    content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    page[NameObject("/Contents")] = writer._add_object(content)
    return saved(writer)


def pdf_metadata(text: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_metadata({"/Subject": text})
    return saved(writer)


def pdf_xmp(text: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    stream = StreamObject()
    stream.set_data(f"<x:xmpmeta><dc:title>{text}</dc:title></x:xmpmeta>".encode())
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    return saved(writer)


def pdf_alternative(text: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    figure = DictionaryObject({NameObject("/S"): NameObject("/Figure")})
    figure[NameObject("/Alt")] = TextStringObject(text)
    tree = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
    tree[NameObject("/K")] = ArrayObject([writer._add_object(figure)])
    writer.root_object[NameObject("/StructTreeRoot")] = writer._add_object(tree)
    return saved(writer)


def pdf_attachment(text: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_attachment("notes.txt", text.encode())
    return saved(writer)


def pdf_outline(text: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_outline_item(title=text, page_number=0)
    return saved(writer)


def pdf_annotation(text: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_annotation(0, FreeText(text=text, rect=(10, 10, 90, 90)))
    return saved(writer)


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_cell(text) -> bytes:
    return workbook(lambda book: book.active.append(["area", text]))


def xlsx_comment(text: str) -> bytes:
    def fill(book):
        book.active["A1"] = "area"
        book.active["A1"].comment = Comment(text, "author")

    return workbook(fill)


def xlsx_property(text: str) -> bytes:
    return workbook(lambda book: setattr(book.properties, "description", text))


def xlsx_sheet_name(text: str) -> bytes:
    return workbook(lambda book: setattr(book.active, "title", text))


def xlsx_header(text: str) -> bytes:
    return workbook(lambda book: setattr(book.active.oddHeader.center, "text", text))


def with_zip_comment(data: bytes, text: str) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as packed:
        packed.comment = text.encode()
    return out.getvalue()


def with_zip_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr(name, content)
    return out.getvalue()


def widget_state(text: str) -> bytes:
    state = {"state": {"abc": {"state": {"value": text}}}}
    return json.dumps(state).encode()


def zipped_text(kind: bytes, text: str) -> bytes:
    if kind == b"zTXt":
        return chunk(kind, b"Comment\x00\x00" + zlib.compress(text.encode()))
    return chunk(b"iTXt", b"Comment\x00\x01\x00da\x00\x00" + zlib.compress(text.encode()))


CARRIERS = {
    "html text": lambda t: {"r.html": html(f"<p>{t}</p>")},
    "html text split by tags": lambda t: {"r.html": html(f"<p>{t[:4]}<b>{t[4:]}</b></p>")},
    "html text as character references": lambda t: {
        "r.html": html("<p>" + "".join(f"&#{ord(sign)};" for sign in t) + "</p>")
    },
    "html text with invisible signs": lambda t: {"r.html": html(f"<p>{t[:3]}&shy;{t[3:]}</p>")},
    "hidden html element": lambda t: {"r.html": html(f'<p hidden style="display:none">{t}</p>')},
    "html comment": lambda t: {"r.html": html(f"<!-- {t} -->")},
    "html title": lambda t: {"r.html": f"<html><head><title>{t}</title></head></html>".encode()},
    "html meta": lambda t: {"r.html": html(f'<meta name="a" content="{t}">')},
    "parameters in a data attribute": lambda t: {
        "r.html": html(f"<div data-parameters='{t}'></div>")
    },
    "alternative text": lambda t: {"r.html": html(f'<img alt="{t}" src="{data_address(png())}">')},
    "tooltip of a table cell": lambda t: {"r.html": html(f'<table><td title="{t}">1</td></table>')},
    "class and id": lambda t: {"r.html": html(f'<p id="{t}">x</p>')},
    "css content": lambda t: {"r.html": html(f"<style>p::after{{content:'{t}'}}</style>")},
    "css comment": lambda t: {"r.html": html(f"<style>/* {t} */</style>")},
    "style attribute": lambda t: {"r.html": html(f"<p style=\"--x:'{t}'\">x</p>")},
    "percent-encoded attribute": lambda t: {
        "r.html": html('<a title="' + "".join(f"%{ord(s):02X}" for s in t) + '">x</a>')
    },
    "stderr of a cell": lambda t: {"r.html": html(f"<pre class='output_stderr'>{t}</pre>")},
    "error text": lambda t: {"r.FAILED.html": html(f"<pre>row 3: {t} is not a number</pre>")},
    "svg axis label": lambda t: {"r.html": html(f"<svg><g><text x='1' y='2'>{t}</text></g></svg>")},
    "svg title": lambda t: {"r.html": html(f"<svg><title>{t}</title></svg>")},
    "svg description in a data address": lambda t: {
        "r.html": html(f'<img src="{svg_address(f"<svg><desc>{t}</desc></svg>")}">')
    },
    "svg metadata": lambda t: {"f.svg": f"<svg><metadata><a>{t}</a></metadata></svg>".encode()},
    "widget state": lambda t: {"r.html": html(f"<pre>{coded(widget_state(t))}</pre>")},
    "base64 in a comment": lambda t: {
        "r.html": html(f"<!-- {coded(f'note of the day {t}'.encode())} -->")
    },
    "png text": lambda t: {"f.png": png(chunk(b"tEXt", b"Comment\x00" + t.encode()))},
    "png compressed text": lambda t: {"f.png": png(zipped_text(b"zTXt", t))},
    "png international text": lambda t: {"f.png": png(zipped_text(b"iTXt", t))},
    "png exif": lambda t: {"f.png": png(chunk(b"eXIf", b"II*\x00" + t.encode()))},
    "png text in a data address": lambda t: {
        "r.html": html(f'<img alt="" src="{data_address(png(zipped_text(b"zTXt", t)))}">')
    },
    "pdf page": lambda t: {"r.pdf": pdf_page(t)},
    "pdf metadata": lambda t: {"r.pdf": pdf_metadata(t)},
    "pdf xmp": lambda t: {"r.pdf": pdf_xmp(t)},
    "pdf alternative text": lambda t: {"r.pdf": pdf_alternative(t)},
    "pdf attachment": lambda t: {"r.pdf": pdf_attachment(t)},
    "pdf bookmark": lambda t: {"r.pdf": pdf_outline(t)},
    "pdf annotation": lambda t: {"r.pdf": pdf_annotation(t)},
    "workbook cell": lambda t: {"t.xlsx": xlsx_cell(t)},
    "workbook comment": lambda t: {"t.xlsx": xlsx_comment(t)},
    "workbook property": lambda t: {"t.xlsx": xlsx_property(t)},
    "workbook sheet name": lambda t: {"t.xlsx": xlsx_sheet_name(t)},
    "workbook page header": lambda t: {"t.xlsx": xlsx_header(t)},
    "workbook archive comment": lambda t: {"t.xlsx": with_zip_comment(xlsx_cell("x"), t)},
    "png in a workbook": lambda t: {
        "t.xlsx": with_zip_part(xlsx_cell("x"), "xl/media/image1.png", png(zipped_text(b"zTXt", t)))
    },
    "csv cell": lambda t: {"t.csv": f"area;count\nA;{t}\n".encode()},
    "csv heading": lambda t: {"t.csv": f"area;{t}\nA;1\n".encode("cp1252")},
    "csv in utf-16": lambda t: {"t.csv": f"area;count\nA;{t}\n".encode("utf-16")},
    "json value": lambda t: {"manifest.json": json.dumps({"a": [{"b": t}]}).encode()},
    "json name": lambda t: {"manifest.json": json.dumps({t: 1}).encode()},
    "file name": lambda t: {f"{t}.html": html("<p>x</p>")},
}
