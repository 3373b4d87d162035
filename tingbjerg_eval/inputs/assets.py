"""Where the notebooks and the example parameters lie: beside the package, or inside a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def asset(*parts: str) -> Path:
    """Path of a file of ``notebooks/`` or ``parameters/`` as it is shipped.

    Raises
    ------
    FileNotFoundError
        When the installation lacks it.
    """
    for root in (PACKAGE.parent, PACKAGE / "shipped"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"{'/'.join(parts)} is missing from this installation; install it anew")
