"""Are the reports that two states of the code hand over the same, byte by byte?

    python -m tests.studies.same_reports BASE [OTHER]

makes the reports of the demo study, of ``parameters/examples/minimal`` and, where
``shared/data/london`` lies beside the checkout, of London with the code of commit BASE and with
that of commit OTHER, or of the working tree as it stands; then compares ``index.html`` and every
file under ``reports/``. Exit code 1 if any differs or is missing.

Both read the same study, written and locked by BASE, and run in the Python of this process.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.metadata import distributions, version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
KEPT = Path(tempfile.gettempdir(), "tingbjerg-same-reports")
STUDIES = ("demo", "minimal", "london")
MASKS = {"manifest.json": (rb'"depends_on": "[0-9a-f]{64}"', b'"depends_on": "(masked)"')}
"""What rests on the code's own text, by file name: what is replaced, and by what."""
MASKED = "masked: depends_on in every manifest.json; both name this environment's package version"
TEXTS = {".html", ".csv", ".json"}

CHECK = """
import importlib.util, sys
found = importlib.util.find_spec("tingbjerg_eval")
if found is None or found.origin != {wanted!r}:
    sys.exit(f"same_reports: the wrong package, {{found and found.origin}}")
"""
"""Run by every Python process at its start: is the package that of the commit?"""


class Code:
    """One state of the code, and how its command line is called."""

    def __init__(self, root: Path, aside: Path):
        self.root = root
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
        self.module, _, self.function = project["scripts"]["tingbjerg"].partition(":")
        _write(
            aside / "sitecustomize.py",
            CHECK.format(wanted=str(root / "tingbjerg_eval/__init__.py")),
        )
        metadata = aside / f"tingbjerg_eval-{version('tingbjerg-eval')}.dist-info"
        named = (
            f"Metadata-Version: 2.1\nName: tingbjerg-eval\nVersion: {version('tingbjerg-eval')}\n"
        )
        _write(metadata / "METADATA", named)
        _write(metadata / "entry_points.txt", _entry_points(project.get("entry-points", {})))
        path = os.pathsep.join([str(aside), str(root)])
        self.environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}

    def call(self, *arguments: object) -> int:
        """The exit code of ``tingbjerg`` with these arguments."""
        program = f"from {self.module} import {self.function} as main; main()"
        command = [sys.executable, "-P", "-c", program, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, stdout=subprocess.DEVNULL, check=False
        )
        return done.returncode

    def report(self, study: Path, output: Path) -> int:
        """Make the reports of a study; the exit code."""
        data = ("--data", london_data()) if study.name == "london" else ()
        return self.call("run", study, "--output", output, *data)


def _entry_points(groups: dict[str, dict[str, str]]) -> str:
    lines = [
        line
        for group, points in groups.items()
        for line in (f"[{group}]", *(f"{name} = {where}" for name, where in points.items()))
    ]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def london_data() -> Path | None:
    """``shared/data/london`` beside the checkout or a folder above it."""
    places = (above / "shared" / "data" / "london" for above in CHECKOUT.parents)
    return next((place for place in places if place.is_dir()), None)


def environment() -> str:
    """Python and everything installed, as a short digest: a package more can move bytes."""
    installed = sorted(f"{one.name} {one.version}" for one in distributions())
    return sha256("\n".join([sys.version, *installed]).encode()).hexdigest()[:8]


def commit_id(name: str) -> str:
    """The full id of a commit."""
    command = ["git", "rev-parse", "--verify", f"{name}^{{commit}}"]
    return subprocess.run(
        command, cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout.strip()


def checked_out(commit: str, aside: Path) -> Code:
    """The code of a commit, unpacked inside ``aside``."""
    packed, root = aside / "code.tar", aside / "code"
    subprocess.run(["git", "archive", "-o", packed, commit], cwd=CHECKOUT, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(root, filter="data")
    packed.unlink()
    return Code(root, aside / "path")


def write_study(name: str, code: Code, folder: Path) -> None:
    """The study as ``code`` ships or writes it."""
    if name == "demo":
        if code.call("demo", folder) or code.call("lock", folder):
            sys.exit("the demo study could not be written")
    else:
        shutil.copytree(code.root / "parameters" / "examples" / name, folder)


def kept_base(name: str, commit: str, keep: Path) -> Path:
    """The study's folder and its ``output``, made once for each commit and environment."""
    kept = keep / f"{commit[:12]}-{environment()}" / name
    if not kept.exists():
        keep.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=keep) as scratch:
            aside = Path(scratch).resolve()
            code, made = checked_out(commit, aside), aside / "made"
            write_study(name, code, made / name)
            print(f"{name}: making the reports of {commit[:12]}")
            if code.report(made / name, made / "output"):
                sys.exit(f"{commit} cannot make the reports of {name}")
            kept.parent.mkdir(exist_ok=True)
            made.rename(kept)
    return kept


def handed_over(output: Path) -> dict[str, bytes]:
    """Every file that is handed over, masked, by its name within the output folder."""
    found = [output / "index.html", *(output / "reports").rglob("*")]
    return {
        path.relative_to(output).as_posix(): masked(path.name, path.read_bytes())
        for path in sorted(found)
        if path.is_file()
    }


def masked(name: str, content: bytes) -> bytes:
    """The content without what rests on the code's own text."""
    return re.sub(*MASKS[name], content) if name in MASKS else content


def differences(base: dict[str, bytes], other: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Each name with what became of it: equal, different, missing or added."""
    for name in sorted(base.keys() | other.keys()):
        if name not in other:
            yield name, "missing"
        elif name not in base:
            yield name, "added"
        else:
            yield name, "equal" if base[name] == other[name] else "different"


def first_difference(name: str, base: bytes, other: bytes) -> str:
    """Where two texts part, with some of what stands there."""
    if Path(name).suffix not in TEXTS:
        return f"    {len(base)} and {len(other)} bytes"
    lines = [content.decode("utf-8", "replace").splitlines() for content in (base, other)]
    at = parting(*lines)
    one, two = (these[at] if at < len(these) else "(no such line)" for these in lines)
    start = max(0, parting(one, two) - 40)
    return f"    line {at + 1}:\n    - {one[start:][:120]}\n    + {two[start:][:120]}"


def parting(one: Sequence, two: Sequence) -> int:
    """How far two sequences are the same."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(two)))


def compare(name: str, base: Path, other: Path) -> bool:
    """Print how the reports of one study compare; whether they are the same."""
    one, two = handed_over(base), handed_over(other)
    found = dict(differences(one, two))
    for file, state in found.items():
        if state != "equal":
            print(f"  {state}: {file}")
        if state == "different":
            print(first_difference(file, one[file], two[file]))
    print(
        f"{name}:",
        ", ".join(f"{n} {state}" for state, n in sorted(Counter(found.values()).items())),
    )
    return set(found.values()) == {"equal"}


def main() -> int:
    """Compare as the command line asks; 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="a commit")
    parser.add_argument("other", nargs="?", help="a commit; the working tree by default")
    parser.add_argument("--only", choices=STUDIES, help="only this study")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where BASE's reports are kept")
    asked = parser.parse_args()
    commit = commit_id(asked.base)
    same = []
    aside = Path(tempfile.mkdtemp(prefix="same-reports-")).resolve()
    other = (
        checked_out(commit_id(asked.other), aside)
        if asked.other
        else Code(CHECKOUT, aside / "path")
    )
    for name in [asked.only] if asked.only else STUDIES:
        if name == "london" and london_data() is None:
            print("london: left out, as shared/data/london is not beside the checkout")
            continue
        base = kept_base(name, commit, asked.keep)
        code = other.report(base / name, aside / name)
        print(f"{name}: the other's run ended with exit code {code}")
        same.append(compare(name, base / "output", aside / name) and code == 0)
    print(MASKED)
    if same and all(same):
        shutil.rmtree(aside)
        return 0
    print(f"the other's reports are kept in {aside}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
