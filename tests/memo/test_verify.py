"""``tingbjerg verify``: seeded edits of a memo, wrong and harmless, and its exit codes."""

import random

import pytest
from click.testing import CliRunner
from made_memo import memo_bytes

from tests.studies.memo_edits import HARMLESS, WRONG, edited, replacing, tried
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.memo.verify import verify
from tingbjerg_eval.run.cli import cli


@pytest.fixture(scope="module")
def memo():
    return memo_bytes()


def test_wrong_edits_of_every_kind_are_found(memo):
    results = list(tried(memo, WRONG, len(WRONG), seed=3))
    missed = [one for one in results if not one[1]]
    assert len(missed) <= 0.02 * len(results), missed


def test_harmless_edits_of_every_kind_are_let_be(memo):
    assert [one for one in tried(memo, HARMLESS, len(HARMLESS), seed=4) if one[1]] == []


def test_the_exit_code_says_whether_the_memo_is_the_reports(memo, tmp_path):
    (tmp_path / "notat.docx").write_bytes(memo)
    wrong = edited(memo, replacing({"faldt 35": "faldt 36"}), random.Random(1))
    (tmp_path / "wrong.docx").write_bytes(wrong)
    (tmp_path / "no.docx").write_bytes(b"no document")
    run = CliRunner().invoke
    assert run(cli, ["verify", str(tmp_path / "notat.docx")]).exit_code == 0
    told = run(cli, ["verify", str(tmp_path / "wrong.docx"), "--report", str(tmp_path)])
    assert (told.exit_code, "36" in told.output) == (1, True)
    with pytest.raises(InputRefused) as refused:
        verify(tmp_path / "no.docx")
    assert refused.value.exit_code == 2
