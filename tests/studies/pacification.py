"""The pacification of Rio de Janeiro as a programme of twelve areas.

    python -m tests.studies.pacification FOLDER

reads the monthly figures of 38 pacified areas and their dates from FOLDER. The first twelve with
two whole years before their start are the programme; those that follow are comparison areas until
their own start. Assault reports rise where the police come to stay: reports by willing residents
are no sign of more assaults. ``parameters/examples/rio`` reads the same files as published.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_of, shift
from tingbjerg_eval.stats.programme import PooledEffects, pooled_difference_in_differences
from tingbjerg_eval.study.programme import Effort, Programme

KINDS = ("hom_por_interv_policial", "total_roubos", "lesao_corp_dolosa", "hom_doloso")
TREATED = range(2, 14)
COMPARED = range(19, 39)
"""Numbers of the areas in the figures; 14 to 18 start while the programme's windows still run."""


def starts(folder: Path) -> pd.Series:
    """The quarter of each unit's start, by its number in the order of installation."""
    units = pd.read_csv(folder / "upp.csv", sep=";", encoding="latin1")
    number = units["Unidade"].str.extract(r"(\d+)")[0].astype(int)
    dates = pd.to_datetime(units["Data"], format="%d/%m/%y")
    return pd.Series([quarter_of(date) for date in dates], index=number)


def monthly(folder: Path) -> pd.DataFrame:
    """The units' monthly figures with their quarters."""
    figures = pd.read_csv(folder / "upp_month.csv", sep=";", encoding="latin1")
    quarter = ((figures["mes"] - 1) // 3 + 1).astype(str)
    return figures.assign(quarter=figures["ano"].astype(str) + "K" + quarter)


def programme(folder: Path, names: dict[int, str]) -> Programme:
    """Eight quarters before each start, eight from it."""
    start = starts(folder)
    efforts = [
        Effort(area=names[number], baseline=(shift(start[number], -8), shift(start[number], -1)),
               period=(start[number], shift(start[number], 7)))
        for number in TREATED
    ]  # fmt: skip
    return Programme(treated=efforts, comparison=[names[number] for number in COMPARED])


def estimates(folder: Path) -> dict[str, PooledEffects]:
    """Each kind of report's pooled effects."""
    figures = monthly(folder)
    names = figures.groupby("cod_upp")["upp"].first().to_dict()
    ours = programme(folder, names)
    found = {}
    for kind in KINDS:
        panel = figures.groupby(["upp", "quarter"], as_index=False)[kind].sum()
        panel = panel.rename(columns={"upp": "area", kind: "count"}).assign(population=1000.0)
        found[kind] = pooled_difference_in_differences(panel, ours)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    for kind, pooled in estimates(asked.folder).items():
        print(kind, pooled.effect, pooled.new_area, pooled.spread_p_value, sep="\n  ")


if __name__ == "__main__":
    main()
