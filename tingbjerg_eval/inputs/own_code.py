"""The package's own files, on which every result depends."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def package_files(package: Path = PACKAGE) -> list[Path]:
    """Every file of the package but what Python compiles of them, in order."""
    paths = sorted(path for path in package.rglob("*") if path.is_file())
    return [path for path in paths if "__pycache__" not in path.parts]
