"""One table of all benchmarks, each run in a process of its own; nothing in it is typed by hand.

Run ``python tests/benchmarks/table.py [NAME ...]`` or ``make benchmarks``. Of a script that prints
JSON, or lines of it, every number becomes a row: benchmark, what, figure; any other line is a row.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent


def figures(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of plain data with the way to it."""
    if isinstance(value, dict):
        label = next((str(value[key]) for key in ("size", "name") if key in value), "")
        for key, inner in value.items():
            yield from figures(inner, ", ".join(filter(None, (name, label, str(key)))))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from figures(inner, f"{name} {number}".strip())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def printed(text: str) -> Iterator[object]:
    """What a script printed: the whole of it as JSON, or each line, as JSON where it is."""
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                yield line.strip()


def main() -> None:
    """Run every benchmark and print the table."""
    wanted = sys.argv[1:] or sorted(path.stem for path in HERE.glob("bench_*.py"))
    rows: list[tuple[str, str, str]] = []
    for name in wanted:
        print(f"{name} ...", file=sys.stderr)
        script = [sys.executable, str(HERE / f"{name}.py")]
        done = subprocess.run(script, stdout=subprocess.PIPE, text=True, check=True)
        title = name.removeprefix("bench_")
        for plain in printed(done.stdout):
            if isinstance(plain, str):
                rows.append((title, plain, ""))
            else:
                rows += [(title, what, f"{figure:g}") for what, figure in figures(plain)]
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    for benchmark, what, figure in rows:
        print(f"{benchmark:<{widths[0]}}  {what:<{widths[1]}}  {figure:>10}".rstrip())


if __name__ == "__main__":
    main()
