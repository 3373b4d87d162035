"""The data package as the standard's own reader finds it."""

import csv
import hashlib
import io
import json
import zipfile

import frictionless
import pytest
from made_memo import TABLES

from tingbjerg_eval.memo.package import data_package
from tingbjerg_eval.presentation.blocks.workbook import csv_files
from tingbjerg_eval.presentation.words.sentences import Words


@pytest.fixture(params=["da", "en"])
def packed(request):
    words = Words(request.param)
    sheets = csv_files(TABLES, words, simulated=True)
    about = {"title": "Slutevaluering", "name": "end_of_period", "simulated": True}
    return data_package(TABLES, sheets, words, about)


def test_every_table_is_described_with_its_digest_and_columns(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as there:
        said = json.loads(there.read("datapackage.json"))
        for resource in said["resources"]:
            content = there.read(resource["path"])
            assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
            text = io.StringIO(content.decode("utf-8-sig"), newline="")
            head = next(csv.reader(text, delimiter=resource["dialect"]["delimiter"]))
            assert head == [field["name"] for field in resource["schema"]["fields"]]
        assert set(there.namelist()) == {"datapackage.json",
                                         *(one["path"] for one in said["resources"])}  # fmt: skip


def test_the_standards_own_reader_finds_nothing_wrong(packed, tmp_path):
    with zipfile.ZipFile(io.BytesIO(packed)) as there:
        there.extractall(tmp_path)
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["code", "note"])
