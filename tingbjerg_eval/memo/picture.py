"""The memo's picture: the first page's drawings below each other, as one PNG."""

from __future__ import annotations

import base64
import json

from tingbjerg_eval.memo.content import Picture
from tingbjerg_eval.report.pages.pdf import fonts

DOTS_PER_INCH = 220
WIDTH = 6.2
"""Inches on the page."""
DRAWN = """
#set page(width: 446pt, height: auto, margin: 2pt)
#set text(font: "Source Sans Pro", size: 9.5pt, fallback: true)
#let doc = json(bytes(sys.inputs.doc))
#grid(columns: (190pt, 1fr), row-gutter: 3pt, align: (left + horizon, left + horizon),
  ..doc.map(row => (row.name, image(bytes(row.svg), format: "svg", width: 250pt))).flatten())
"""


def png(picture: Picture) -> bytes:
    """The drawings with their names; the same bytes for the same drawings."""
    import typst

    rows = [
        {"name": name, "svg": base64.b64decode(source.partition("base64,")[2]).decode()}
        for name, source in zip(picture.names, picture.drawings, strict=True)
    ]
    drawn: bytes = typst.compile(
        DRAWN.encode(),
        sys_inputs={"doc": json.dumps(rows, ensure_ascii=False)},
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="png",
        ppi=DOTS_PER_INCH,
    )
    return drawn
