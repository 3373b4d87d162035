"""Folders are put in place whole or not at all."""

from __future__ import annotations

import pytest
from small_study import contents

from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch import folder as staging
from tingbjerg_eval.run.batch.folder import OutputFolder, manifest, read_manifest


@pytest.fixture
def folder(tmp_path):
    with OutputFolder(tmp_path / "out").locked() as locked:
        yield locked


def files(text):
    made = {"report.html": text.encode(), "tables.xlsx": b"x"}
    return {**made, "manifest.json": manifest("2010K1", "d" * 64, made)}


@pytest.fixture(params=["in one step", "in two steps"])
def either_way(request, monkeypatch):
    """With the system's exchange of two folders, and where it cannot be had."""
    if request.param == "in two steps":
        monkeypatch.setattr(staging, "exchange", lambda *_: False)
    return request.param


@pytest.mark.usefixtures("either_way")
def test_a_folder_replaces_an_earlier_one_and_leaves_nothing_aside(folder):
    where = folder.reports / "2010K1"
    folder.place(where, {**files("one"), "old.csv": b"old"})
    folder.place(where, files("two"))
    assert contents(where) == files("two")
    assert contents(folder.staging) in ({}, {"reports-2010K1.place": str(where).encode()})


def test_this_system_exchanges_folders_in_one_step(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "file").write_text("a")
    assert staging.exchange(tmp_path / "a", tmp_path / "b")
    assert contents(tmp_path / "b") == {"file": b"a"}


@pytest.mark.usefixtures("either_way")
def test_a_folder_that_cannot_be_written_leaves_the_earlier_one(folder):
    where = folder.reports / "2010K1"
    folder.place(where, files("one"))
    with pytest.raises(OSError, match="too long"):
        folder.place(where, {"x" * 300: b""})
    assert contents(where) == files("one")


@pytest.mark.parametrize("step", ["moved away", "put in place"])
def test_a_swap_that_was_cut_short_ends_with_one_whole_report(folder, step):
    where = folder.reports / "2010K1"
    folder.place(where, files("one"))
    (folder.staging / "reports-2010K1.place").write_text(str(where))
    where.rename(folder.staging / "reports-2010K1.previous")
    if step == "put in place":
        folder.place(where, files("two"))
    folder.recover()
    assert contents(where) == files("one" if step == "moved away" else "two")
    assert contents(folder.staging) == {}


def test_a_manifest_vouches_for_exactly_the_files_it_lists(folder):
    where = folder.reports / "2010K1"
    folder.place(where, files("one"))
    said = read_manifest(where)
    assert said["files"]["report.html"] == digests.of_bytes(b"one")
    where.rename(folder.reports / "2010K2")
    assert read_manifest(folder.reports / "2010K2") is None


def test_the_state_of_a_folder_can_be_asked_while_it_is_free_or_in_use(tmp_path):
    output = OutputFolder(tmp_path / "out")
    assert not output.in_use()
    with output.locked():
        assert output.in_use()
    assert not output.in_use()


def test_a_digest_follows_the_content_even_at_the_same_time_stamps(tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("one")
    first = digests.of_file(file)
    file.write_text("two")
    assert digests.of_file(file) != first


def test_a_file_that_has_rested_is_read_once(tmp_path, monkeypatch):
    file = tmp_path / "counts.csv"
    file.write_text("one")
    monkeypatch.setattr(digests, "SETTLED", -1.0)
    monkeypatch.setattr(digests, "_known", {})
    first = digests.of_file(file)
    monkeypatch.setattr(digests.hashlib, "file_digest", None)
    assert digests.of_file(file) == first
