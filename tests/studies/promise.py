"""Is the smallest change that is promised found on real areas where nothing happened?

    python -m tests.studies.promise DATA [--starts 3]

``DATA`` holds the folders ``london``, ``rio`` and ``chicago``. The baseline's two years make the
promise for an area, with 8 comparison areas (drawn once, by their order); exactly the promised
fall is planted in the three years after it, and the procedure that decides looks for it. 80 % are
promised, 75 to 85 % must be found.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.london import read_panels
from tests.studies.panels import BLOCKS, read_chicago, read_rio
from tingbjerg_eval.stats.promise import try_promise
from tingbjerg_eval.study.design import Design

GROUP = 9


def panels(data: Path) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Place, kind and panel."""
    for kind, panel in read_panels(data / "london").items():
        yield "London", kind, panel
    for kind, panel in read_rio(data / "rio", around=True).items():
        yield "Rio de Janeiro, around the city", kind, panel
    for block in BLOCKS:
        yield "Chicago", f"burglary, {block} block groups", read_chicago(data / "chicago", block)


def designs(panel: pd.DataFrame, starts: int) -> Iterator[Design]:
    """Groups of nine areas and starts of the held-out years, all of them in turn."""
    quarters = sorted(panel["quarter"].unique())
    first = next(at for at, quarter in enumerate(quarters) if quarter.endswith("K1"))
    areas = sorted(panel["area"].unique())
    order = np.random.default_rng(20100331).permutation(len(areas))
    groups = [order[at : at + GROUP] for at in range(0, len(areas) - GROUP + 1, GROUP)]
    room = (len(quarters) - first - 20) // 4
    for shift in np.unique(np.linspace(0, room, starts).astype(int)):
        window = quarters[first + 4 * shift :][:20]
        for group in groups:
            treated, *others = (areas[at] for at in group)
            yield Design(
                treated=treated, comparison=others,
                baseline=(window[0], window[7]), period=(window[8], window[19]),
            )  # fmt: skip


def tried(data: Path, starts: int, **asked) -> pd.DataFrame:
    """All promises: ``place, kind, area, fall, found``."""
    rows = [
        try_promise(panel, design, **asked).assign(place=place, kind=kind)
        for place, kind, panel in panels(data)
        for design in designs(panel, starts)
    ]
    return pd.concat(rows, ignore_index=True)


def main() -> None:
    """Print the share found by place, for one and for five primary targets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--starts", type=int, default=2)
    asked = parser.parse_args()
    for primary in (1, 5):
        found = tried(asked.data, asked.starts, primary=primary)
        told = found.groupby("place").agg(
            promised=("found", "count"), found=("found", "mean"), fall=("fall", "median")
        )
        print(f"primary targets: {primary}\n{told.round(3)}\n")


if __name__ == "__main__":
    main()
