"""Late registration over several extracts: how often the limits hold the end.

    python -m tests.studies.late [--replications 2000]

Extracts drawn each quarter see Poisson counts of 40 quarters whose reports come in after an
exponential delay; ``uneven`` is how much the share that is late differs from quarter to quarter.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from tingbjerg_eval.data.development import development

QUARTERS, OLDEST, LATE, PACE = 40, 8, 0.12, 0.63
"""``PACE`` is the share of late reports that comes in within a quarter of being due."""
SEED = 20100331


def triangle(random: np.random.Generator, mean: float, uneven: float) -> np.ndarray:
    """Reports by quarter and age: rows are quarters, columns ages from 0."""
    share = LATE if uneven == 0 else random.beta(LATE / uneven, (1 - LATE) / uneven, QUARTERS)
    late = random.binomial(every := random.poisson(mean, QUARTERS), share)
    ages = random.geometric(PACE, (QUARTERS, late.max() + 1))
    here = np.arange(late.max() + 1) < late[:, None]
    missing = [(here & (ages > age)).sum(axis=1) for age in range(OLDEST + 2)]
    return every[:, None] - np.stack(missing, axis=1)


def limits(known: np.ndarray, extracts: int) -> pd.Series:
    """What is said of the youngest quarter where so many extracts were drawn."""
    pairs = []
    for back in range(1, extracts):
        rows = [QUARTERS - 1 - back - age for age in range(OLDEST + 1)]
        counts = [(age, known[row, age], known[row, age + 1]) for age, row in enumerate(rows)]
        pairs.append(pd.DataFrame(counts, columns=["age", "reports", "later"]))
    current = {age: int(known[QUARTERS - 1 - age, age]) for age in range(OLDEST + 1)}
    return development(pairs, current, step=1).set_index("age").loc[0]


def coverage(mean: float, uneven: float, extracts: int, replications: int) -> tuple[float, float]:
    """The share of limits that hold the truth, and their mean width."""
    random = np.random.default_rng(SEED)
    held, widths = 0, []
    for _ in range(replications):
        known = triangle(random, mean, uneven)
        said = limits(known, extracts)
        truth = known[-1, -1] / known[-1, 0]
        held += said["lower"] <= truth <= said["upper"]
        widths.append(said["upper"] - said["lower"])
    return held / replications, float(np.mean(widths))


def main() -> None:
    """Print the table of ``docs/methods/beside.md``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=2000)
    replications = parser.parse_args().replications
    print("| reports | uneven | extracts | coverage | width |\n|---|---|---|---|---|")
    for mean, uneven in ((100, 0.0), (400, 0.0), (400, 0.01)):
        for extracts in (3, 5, 9):
            share, width = coverage(mean, uneven, extracts, replications)
            print(f"| {mean} | {uneven:g} | {extracts} | {share:.3f} | {width:.3f} |", flush=True)


if __name__ == "__main__":
    main()
