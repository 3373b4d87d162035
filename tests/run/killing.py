"""Kill a batch at random moments, again and again, and look at what it leaves."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from small_study import Running, contents, copy_study, counted

from tingbjerg_eval.run.batch.folder import read_manifest

QUARTERS = tuple(f"{year}K{quarter}" for year in (2010, 2011) for quarter in (1, 2, 3, 4))
VERSIONS = 4


@dataclass
class Tally:
    """What was seen over all rounds; every list must stay empty."""

    rounds: int = 0
    left_staged: int = 0
    not_whole: list = field(default_factory=list)
    lost: list = field(default_factory=list)
    done_again: list = field(default_factory=list)
    orphans: list = field(default_factory=list)
    other_bytes: list = field(default_factory=list)
    ended_badly: list = field(default_factory=list)

    def faults(self) -> dict:
        """Everything that should not have been."""
        lists = {name: found for name, found in vars(self).items() if isinstance(found, list)}
        return {name: found for name, found in lists.items() if found}


def kill_again_and_again(
    folder: Path, *, times: int, seed: int, numbers: Sequence[int] = (signal.SIGKILL,)
) -> Tally:
    """Start a batch ``times`` times, end each at a random moment, and let the last one finish.

    Whenever all reports are made, the sentence or the figures change, so that good reports are
    replaced all the time. Compared with undisturbed runs of the same four versions.
    """
    study, draw, tally = copy_study(folder / "study"), random.Random(seed), Tally()
    calm = Calms(study)
    version, output = 0, study / "out"
    apply(study, version)
    while tally.rounds < times:
        still = calm[version]
        before, ran = Seen(output), Counter(counted(study))
        batch = Running(study, output, quarters=list(QUARTERS))
        end_after(batch, draw.uniform(0, still.seconds), draw.choice(numbers))
        code = batch.end()
        tally.rounds += 1
        tally.left_staged += any((output / ".staging").glob("*"))
        look(tally, batch, before, Counter(counted(study)) - ran, still)
        if code == 0:
            finish(tally, study, still)
            version = (version + 1) % VERSIONS
            apply(study, version)
    finish(tally, study, calm[version])
    return tally


def apply(study: Path, version: int) -> None:
    """Set the sentence and the figures of one of the versions."""
    (study / "texts.toml").write_text(f"sentence = {version % 2}\n")
    counts = [f"{quarter},{version // 2 + 10}" for quarter in QUARTERS]
    (study / "counts.csv").write_text("\n".join(["quarter,count", *counts, ""]))


class Seen:
    """What is in an output folder: reports, what they depend on, executed notebooks."""

    def __init__(self, output: Path):
        reports = [path for path in (output / "reports").glob("*") if path.is_dir()]
        said = {path.name: read_manifest(path) for path in reports}
        self.not_whole = [name for name, found in said.items() if found is None]
        self.depends = {name: found["depends_on"] for name, found in said.items() if found}
        executed = (output / "internal").glob("*/executed.ipynb")
        self.executed = {path.parent.name: path.read_bytes() for path in executed}


class Calms(dict):
    """The undisturbed run of each version that the rounds come to."""

    def __init__(self, study: Path):
        super().__init__()
        self.study = study

    def __missing__(self, version: int) -> Calm:
        self[version] = undisturbed(self.study, version)
        return self[version]


@dataclass
class Calm:
    """An undisturbed run of one version."""

    seen: Seen
    reports: dict[str, bytes]
    seconds: float


def undisturbed(study: Path, version: int) -> Calm:
    """Make every report of one version with nothing in the way."""
    apply(study, version)
    output, start = study / f"calm-{version}", time.monotonic()
    batch = Running(study, output, quarters=list(QUARTERS))
    if batch.end() != 0:
        raise AssertionError(batch.complaints)
    seconds = time.monotonic() - start
    return Calm(seen=Seen(output), reports=contents(output / "reports"), seconds=seconds)


def end_after(batch: Running, seconds: float, number: int) -> None:
    """Send a signal after so many seconds, unless the batch ends before."""
    timer = threading.Timer(seconds, batch.process.send_signal, [number])
    timer.start()
    batch.process.wait()
    timer.cancel()


def look(tally: Tally, batch: Running, before: Seen, ran: Counter, calm: Calm) -> None:
    """Hold what an ended batch left against what must always be true."""
    after = Seen(Path(batch.output))
    tally.orphans += [process.cmdline() for process in batch.orphans()]
    tally.not_whole += after.not_whole
    tally.lost += [name for name in before.depends if name not in after.depends]
    for line in ran:
        what, name = line.split()
        done = before.depends.get(name) == calm.seen.depends[name]
        kept = before.executed.get(name) == calm.seen.executed[name]
        if done or (what == "executed" and kept):
            tally.done_again.append(line)


def finish(tally: Tally, study: Path, calm: Calm) -> None:
    """Let a batch end in peace: the bytes must be those of the undisturbed run."""
    batch = Running(study, study / "out", quarters=list(QUARTERS))
    if batch.end() != 0:
        tally.ended_badly.append(batch.complaints)
    found = contents(study / "out" / "reports")
    tally.other_bytes += [name for name in calm.reports if found.get(name) != calm.reports[name]]
