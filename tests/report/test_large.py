"""More comparison areas do not make more pages: tables and sentences stay as long as they were."""

import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

import tingbjerg_eval as te
from tingbjerg_eval.inputs.assets import asset


def with_areas(folder, number):
    """The minimal study with so many comparison areas, the new ones alike but for chance."""
    shutil.copytree(asset("parameters", "examples", "minimal"), folder)
    settings = yaml.safe_load((folder / "study.yaml").read_text("utf-8"))
    own = settings["areas"]["comparison"]
    copies = {f"Kvarter {i}": own[i % len(own)] for i in range(number - len(own))}
    settings["areas"]["comparison"] = [*own, *copies]
    (folder / "study.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    random = np.random.RandomState(1)
    for file in (folder / "data").iterdir():
        table = pd.read_csv(file, sep=";")
        more = pd.concat(
            [table, *(table[table["Område"] == of].assign(Område=name)
                      for name, of in copies.items())]
        )  # fmt: skip
        if "Antal" in more:
            more["Antal"] = random.poisson(more["Antal"])
        more.to_csv(file, sep=";", index=False)
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Of a small and a large study the rows of every table and the length of what is said."""
    folder, made = tmp_path_factory.mktemp("large"), {}
    for number in (6, 60):
        report = te.open_report(with_areas(folder / str(number), number), "end_of_period")
        blocks = [getattr(report, name)() for name in report.parts]
        rows = sum(len(table["rows"]) for block in blocks for table in block.tables())
        made[number] = rows, sum(len(block.text()) for block in blocks)
    return made


def test_ten_times_the_areas_add_no_row_and_little_text(shown):
    (rows, said), (many_rows, much_said) = shown[6], shown[60]
    assert many_rows <= rows + 2
    assert much_said < said + 60 * len("Kvarter 10, ") + 300
