"""The examples on real deliveries: read as their suppliers wrote them, every report counted."""

from pathlib import Path

import pandas as pd
import pytest

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.study.settings_file import read_settings

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"


def haringey(folder):
    raw = pd.read_csv(folder / "mps_borough_apr2010_feb2022.csv")
    rows = raw["LookUp_BoroughName"].eq("Haringey") & raw["MinorText"].isin(
        ["Arson", "Criminal Damage"]
    )
    return raw.loc[rows, ["201201", "201202", "201203"]].sum().sum()


def south_side(folder):
    raw = pd.read_csv(folder / "crime.csv", index_col=0)
    return raw.iloc[:24][["count.201201", "count.201202", "count.201203"]].sum().sum()


def city_of_god(folder):
    raw = pd.read_csv(folder / "upp_month.csv", sep=";", encoding="latin-1")
    rows = raw["upp"].eq("Cidade de Deus") & raw["ano"].eq(2012) & raw["mes"].le(3)
    return raw.loc[rows, "total_roubos"].sum()


@pytest.mark.parametrize(
    ("name", "indicator", "counted"),
    [
        ("london", "damage", haringey),
        ("chicago", "burglary", south_side),
        ("rio", "robbery", city_of_god),
    ],
)
def test_a_real_delivery_is_counted_as_it_stands(name, indicator, counted):
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip("no real data beside the repository")
    study = ROOT / "parameters" / "examples" / name / "study.yaml"
    settings = read_settings(study).with_data(folder)
    tables = read_tables(settings, folder)
    assert "area-shifted" not in {one.code for one in tables.notes}
    panel = build_panel(tables, settings, indicator)
    first = panel[panel["area"].eq(settings.areas.with_effort[0]) & panel["quarter"].eq("2012K1")]
    assert first["count"].item() == counted(folder)
    assert panel["area"].nunique() == len(settings.areas.all)
