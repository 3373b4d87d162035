"""Small deliveries with what is right, in a folder of cases: what ``tingbjerg check`` says of each.

``python -m tests.studies.cases FOLDER [NUMBER ...]`` prints, for each case, what is expected and
the codes that the check gives. A case is a study, or a ``make.py`` that writes one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tingbjerg_eval.run.check import check_all


def written(case: Path, folder: Path) -> Path:
    """The study of ``case``, in a folder of its own."""
    target = folder / case.name
    if (case / "make.py").is_file():
        target.mkdir()
        subprocess.run([sys.executable, case / "make.py", target], check=True)
    else:
        shutil.copytree(case, target)
    return target


def main(folder: Path, wanted: list[str]) -> None:
    """Check every case in ``folder``, or those whose number is ``wanted``."""
    with tempfile.TemporaryDirectory() as place:
        for case in sorted(folder.glob("[0-9B]*-*")):
            if wanted and case.name.partition("-")[0] not in wanted:
                continue
            started = time.process_time()
            result = check_all(written(case, Path(place)) / "study.yaml")
            print(f"\n=== {case.name} ({time.process_time() - started:.1f} s)")
            print((case / "expected.txt").read_text(encoding="utf-8").strip())
            for one in result.problems:
                print(f"  REFUSED {one.code} | {one.column} | {one.place} | {one.found}")
            for table, change in result.proposed.items():
                print(f"  PROPOSED {table} {change}")
            for one in result.notes:
                print(f"  note {one.code} | {one.column} | {one.found}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
