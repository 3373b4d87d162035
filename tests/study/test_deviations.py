"""Nobody moves the plan unseen: a deviation is declared with a reason and a date, or it stops."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.strict_yaml import parse_yaml
from tingbjerg_eval.study.deviations import (
    UndeclaredDeviation,
    check_deviations,
    deviations_from,
    read_deviations,
)
from tingbjerg_eval.study.plan import Difference, build_plan, compare_plans, write_lock

from .conftest import PARAMETERS

DAYS = Difference(key="rules.preliminary_days", planned=180, done=120)
AREAS = Difference(key="areas.comparison", planned=["A", "B"], done=["A"])
GONE = Difference(key="targets.vold-10", planned={"goal": -10}, done=None)


def declared(text: str):
    return deviations_from(parse_yaml(text, file="deviations.yaml"))


def entry(key: str, done: str, *, seen: str = "before") -> str:
    return (
        f"  - key: {key}\n    done: {done}\n    why: Hurtigere registrering\n"
        f"    decided: 2011-05-10\n    data_seen: {seen}\n"
    )


ALL = "deviations:\n" + entry("rules.preliminary_days", "120") + entry(
    "areas.comparison", "[A]", seen="after") + entry("targets.vold-10", "")  # fmt: skip


def test_declared_deviations_are_told_with_what_was_planned_and_why():
    days, areas, gone = check_deviations([DAYS, AREAS, GONE], declared(ALL))
    assert (days.planned, days.done, days.why) == (180, 120, "Hurtigere registrering")
    assert (days.decided, days.data_seen) == ("2011-05-10", "before")
    assert (areas.done, areas.data_seen) == (["A"], "after")
    assert gone.done is None


def test_an_undeclared_deviation_stops_and_names_the_key():
    with pytest.raises(UndeclaredDeviation) as found:
        check_deviations(
            [DAYS, AREAS], declared("deviations:\n" + entry("areas.comparison", "[A]"))
        )
    assert found.value.exit_code == 4
    assert found.value.differences == (DAYS,)
    assert "rules.preliminary_days: planned 180, now 120." in str(found.value)


def test_an_undeclared_deviation_is_told_in_danish():
    with pytest.raises(UndeclaredDeviation) as found:
        check_deviations([DAYS, GONE], ())
    lines = found.value.said("da").splitlines()
    assert lines[:2] == [
        "Analysen afviger fra den låste plan, uden at afvigelsen er angivet:",
        "rules.preliminary_days: planlagt 180, nu 120.",
    ]
    assert "Fortryd ændringen, eller angiv den i deviations.yaml:" in lines
    assert found.value.said("en") == str(found.value)


def test_a_declaration_does_not_cover_a_later_change():
    with pytest.raises(UndeclaredDeviation):
        check_deviations([DAYS], declared("deviations:\n" + entry("rules.preliminary_days", "90")))


def test_a_declaration_of_a_whole_section_covers_nothing_in_it():
    with pytest.raises(UndeclaredDeviation):
        check_deviations([DAYS], declared("deviations:\n" + entry("rules", "120")))


def test_the_error_gives_the_entry_to_fill_in():
    with pytest.raises(UndeclaredDeviation) as found:
        check_deviations([DAYS, AREAS, GONE], ())
    text = str(found.value)
    text = text[text.index("deviations:\n") :]
    filled = text.replace("decided: '...'", "decided: 2011-05-10").replace(
        "before or after", "before"
    )
    assert len(check_deviations([DAYS, AREAS, GONE], declared(filled))) == 3


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("    why: Hurtigere registrering\n", "", "deviations.0.why"),
        ("2011-05-10", "10. maj", "deviations.0.decided"),
        ("data_seen: before", "data_seen: perhaps", "deviations.0.data_seen"),
        ("key: areas.comparison", "key: rules.preliminary_days", "deviations.1.key"),
    ],
)
def test_an_incomplete_entry_is_refused_by_key(old, new, column):
    with pytest.raises(InputRefused) as found:
        declared(ALL.replace(old, new, 1))
    assert [one.column for one in found.value.problems] == [column]


def test_no_file_and_an_empty_list_declare_nothing(tmp_path):
    assert read_deviations(tmp_path / "deviations.yaml") == ()
    assert read_deviations(PARAMETERS / "deviations.yaml") == ()


def test_a_goal_that_is_lowered_in_the_file_stops_the_plan(settings, strategy, read, demo_text):
    locked = build_plan(settings, strategy)
    moved = build_plan(settings, read(demo_text(("goal: -40", "goal: -25"))))
    with pytest.raises(UndeclaredDeviation, match=r"indbrud-40\.goal: planned -40, now -25"):
        check_deviations(compare_plans(locked, moved), ())


def test_a_locked_plan_can_be_signed_and_a_changed_one_fails(tmp_path, settings, strategy):
    """The commands of docs/methods/targets.md, as they stand there."""
    assert shutil.which("ssh-keygen"), "ssh-keygen is part of the test machine's setup"
    lock = tmp_path / "plan.lock.json"
    write_lock(lock, build_plan(settings, strategy))
    run = {"cwd": tmp_path, "check": True, "capture_output": True}
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "steering-group", "-f", "key"]
    subprocess.run(make, **run)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-f", "key", "-n", "plan", lock.name], **run)
    public = (tmp_path / "key.pub").read_text()
    (tmp_path / "signers").write_text(f"steering-group {public}")
    verify = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "steering-group", "-n", "plan",
              "-s", "plan.lock.json.sig"]  # fmt: skip
    good = lock.read_bytes()
    subprocess.run(verify, input=good, **run)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(verify, input=good.replace(b"-40", b"-30"), **run)


def test_a_key_is_declared_once():
    once = entry("rules.preliminary_days", "120")
    with pytest.raises(InputRefused) as found:
        declared(f"deviations:\n{once}{once}")
    assert [one.code for one in found.value.problems] == ["deviation-twice"]


def test_a_file_of_other_bytes_is_refused_with_its_line(tmp_path):
    path = tmp_path / "deviations.yaml"
    path.write_bytes(b"deviations:\n  - key: r\xe6kke\n")
    with pytest.raises(InputRefused) as found:
        read_deviations(path)
    assert [(one.code, one.place) for one in found.value.problems] == [("yaml-encoding", "line 2")]
