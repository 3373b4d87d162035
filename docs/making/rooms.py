"""The picture of the rooms, drawn from what ``tests/test_layers.py`` knows of their imports."""

from __future__ import annotations

from collections.abc import Iterator

from tests.test_layers import FRONT_DOOR, ROOMS, module_imports, room

COLUMN = {
    "inputs": 1, "study": 1, "disclosure": 2, "stats": 1, "data": 0, "demo": 0, "targets": 1,
    "evaluation": 1, "presentation": 2, "publication": 1, "report": 1, "exploring": 0, "memo": 1,
    "release": 2, "run": 1,
}  # fmt: skip
"""Where a room stands from left to right; how high it stands follows from its imports."""
WIDE, HIGH, COLUMN_WIDTH, ROW_HEIGHT, EDGE = 130, 32, 190, 64, 12
COLUMNS = 1 + max(COLUMN.values())
SIZE = f"{2 * EDGE + WIDE + (COLUMNS - 1) * COLUMN_WIDTH}"
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'font-family="sans-serif" font-size="15"><title>The rooms and what each imports</title>\n'
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path d="M0 0 8 4 0 8z" fill="#595959"/></marker></defs>\n'
    '<rect width="100%" height="100%" fill="#ffffff"/>\n'
)


def imports() -> dict[str, set[str]]:
    """Each room and the rooms that its modules import."""
    found: dict[str, set[str]] = {name: set() for name in ROOMS}
    for name, others in module_imports().items():
        if name != FRONT_DOOR:
            found[room(name)] |= {room(other) for other in others - {FRONT_DOOR}} - {room(name)}
    return found


def below(name: str, arrows: dict[str, set[str]]) -> set[str]:
    """Every room that is reached from ``name``."""
    return arrows[name].union(*(below(other, arrows) for other in arrows[name]))


def drawn_arrows(arrows: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The imports that no longer way through other rooms tells already."""
    return sorted(
        (name, other) for name, others in arrows.items() for other in others
        if not any(other in below(between, arrows) for between in others)
    )  # fmt: skip


def heights(arrows: dict[str, set[str]]) -> dict[str, int]:
    """How high each room stands: above every room that it imports."""

    def height(name: str) -> int:
        return 1 + max((height(other) for other in arrows[name]), default=-1)

    return {name: height(name) for name in arrows}


def picture() -> str:
    """The rooms as an SVG."""
    arrows = imports()
    rows = heights(arrows)
    top = max(rows.values())
    head = HEAD.format(width=SIZE, height=2 * EDGE + HIGH + top * ROW_HEIGHT)
    lines = [_arrow(name, other, rows) for name, other in drawn_arrows(arrows)]
    boxes = [part for name in sorted(rows) for part in _box(name, rows)]
    return head + "\n".join([*lines, *boxes, "</svg>", ""])


def _middle(column: float, row: float, rows: dict[str, int]) -> tuple[float, float]:
    top = max(rows.values())
    return EDGE + WIDE / 2 + column * COLUMN_WIDTH, EDGE + HIGH / 2 + (top - row) * ROW_HEIGHT


def _arrow(name: str, other: str, rows: dict[str, int]) -> str:
    """From a room down to one it imports; past the rows between, in the lane between columns."""
    x, y = _middle(COLUMN[name], rows[name], rows)
    points = [(x, y + HIGH / 2)]
    if rows[name] - rows[other] > 1:
        lane = (COLUMN[name] + COLUMN[other]) / 2
        points += [_middle(lane, row, rows) for row in (rows[name] - 0.75, rows[other] + 0.75)]
    x, y = _middle(COLUMN[other], rows[other], rows)
    points.append((x, y - HIGH / 2))
    way = " ".join(f"{x:g},{y:g}" for x, y in points)
    return (
        f'<polyline id="{name}-{other}" points="{way}" fill="none" stroke="#595959" '
        'stroke-width="1.5" stroke-linejoin="round" marker-end="url(#tip)"/>'
    )


def _box(name: str, rows: dict[str, int]) -> Iterator[str]:
    x, y = _middle(COLUMN[name], rows[name], rows)
    yield (
        f'<rect x="{x - WIDE / 2:g}" y="{y - HIGH / 2:g}" width="{WIDE}" height="{HIGH}" rx="4" '
        'fill="#eaf1f8" stroke="#00529b"/>'
    )
    yield f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle" fill="#1a1a1a">{name}/</text>'
