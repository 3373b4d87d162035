"""What stays in the house is readable by its owner alone, file by file."""

from __future__ import annotations

from tingbjerg_eval.run.batch.folder import OutputFolder


def test_files_that_stay_in_the_house_are_their_owners_alone(tmp_path):
    with OutputFolder(tmp_path).locked() as folder:
        for where in (folder.internal / "2011K2", folder.reports / "2011K2"):
            folder.place(where, {"file.txt": b"x"})
    modes = [(tmp_path / of / "2011K2" / "file.txt").stat().st_mode & 0o077
             for of in ("internal", "reports")]  # fmt: skip
    assert modes[0] == 0
    assert modes[1] != 0
