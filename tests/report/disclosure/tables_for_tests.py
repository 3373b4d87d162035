"""Tables of counts drawn with a seed, shaped like those of the reports."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from tingbjerg_eval.disclosure import CountTable

NAMES = ("area", "quarter", "offence")


def drawn(seed: int, shape: tuple[int, ...], mean: float, spread: float = 0.7) -> pd.DataFrame:
    """Poisson counts of rows, columns (and layers) of unlike size."""
    rng = np.random.default_rng(seed)
    names = NAMES[: len(shape)]
    labels = [[f"{name}{i:02d}" for i in range(k)] for name, k in zip(names, shape, strict=True)]
    sizes = [rng.lognormal(0, spread, k) for k in shape]
    expected = mean * np.prod(np.meshgrid(*sizes, indexing="ij"), axis=0)
    frame = pd.DataFrame(list(product(*labels)), columns=list(names))
    return frame.assign(count=rng.poisson(expected).ravel())


def counted(frame: pd.DataFrame, **described) -> CountTable:
    """The frame as a table with all totals."""
    dims = [name for name in frame.columns if name in NAMES]
    return CountTable(frame=frame, **{"dims": dims, "margins": dims, **described})


def end_of_period(seed: int = 2) -> list[CountTable]:
    """Ten linked tables: eight offences, a basket and all reports, 13 areas, 20 quarters."""
    rng = np.random.default_rng(seed)
    means = {"burglary": 25, "robbery": 3, "violence": 10, "vandalism": 20}
    means |= {"theft": 60, "threats": 6, "drugs": 8, "arson": 1.5}
    years = {str(year): [f"{year}K{part}" for part in range(1, 5)] for year in range(2008, 2013)}
    quarters = [quarter for of in years.values() for quarter in of]
    sizes = rng.lognormal(0, 0.6, 13)
    frame = pd.DataFrame(
        [
            (f"A{at:02d}", quarter, offence, rng.poisson(mean * size))
            for at, size in enumerate(sizes)
            for quarter in quarters
            for offence, mean in means.items()
        ],
        columns=[*NAMES, "count"],
    )
    baskets = {**{name: [name] for name in means}, "all": list(means)}
    baskets["personal"] = ["violence", "threats", "robbery"]
    return [
        counted(
            frame[frame["offence"].isin(codes)]
            .groupby(["area", "quarter"])["count"]
            .sum()
            .reset_index(),
            name=name,
            where={"offence": codes},
            groups={"quarter": years},
            weights={"area": {"A00": 5}},
        )
        for name, codes in baskets.items()
    ]
