"""The analysis plan: fixed and fingerprinted before the period's data are seen.

The plan holds what was decided (targets, indicators, areas, windows, methods, limits), not the
data, which grow each quarter. Whoever wants the baseline's data fixed as well gives their
digests.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from tingbjerg_eval.inputs.canonical import canonical, digest_of
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import last_day, quarter_number, shift
from tingbjerg_eval.study.amendments import adopted_targets
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Measure, Strategy

Plan = dict[str, Any]

VERSION = 1
"""Of the plan's layout; raised when a key changes its meaning."""

LOCK_FILE = "plan.lock.json"
"""Stands beside ``study.yaml``."""

METHODS: dict[str, dict[str, str]] = {
    "description": {"function": "compare_periods", "windows": "whole years"},
    "effect": {
        "function": "difference_in_differences",
        "interval": "predictive",
        "minimum_comparison_areas": "5",
    },
    "multiplicity": {"function": "adjust_for_multiplicity", "adjustment": "holm",
                     "over": "primary targets"},
    "smallest_change": {"function": "minimum_detectable_change", "power": "0.8",
                        "level": "holm's first step"},
    "certainty": {"function": "observe", "interval": "one-sided",
                  "movement": "comparison areas"},
}  # fmt: skip
"""The methods on which verdicts stand."""

OF_PROGRAMMES: dict[str, dict[str, str]] = {
    "description": {"function": "pooled_change", "windows": "whole years of each area"},
    "effect": {
        "function": "pooled_difference_in_differences",
        "interval": "predictive, shared errors carried",
        "minimum_comparison_areas": "5",
    },
    "areas": {"function": "adjust_for_multiplicity", "adjustment": "holm", "over": "areas"},
    "certainty": {"function": "pooled_change", "interval": "one-sided",
                  "movement": "comparison areas"},
}  # fmt: skip
"""Those that an effort in several areas asks otherwise."""

SUPPORTING: tuple[str, ...] = (
    "baseline_sensitivity", "collapsed_t", "compare_bare_counts", "cost_effectiveness",
    "dispersion_ratio", "displacement", "event_study", "leave_one_out", "placebo_areas",
    "placebo_dates", "survey_shares", "trend_sensitivity",
)  # fmt: skip
"""Methods printed beside a verdict to test it; planned, and never the verdict."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One key of the plan that is not as it was locked.

    ``planned`` or ``done`` is ``None`` where the key was added or removed.
    """

    key: str
    planned: object
    done: object


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a plan was locked and what the deliveries held then; not part of its digest.

    Attributes
    ----------
    on
        The day.
    until
        The last quarter in the police's delivery then.
    extract
        The day on which that delivery was drawn; ``None`` where it is of a later day than ``on``.
    stated
        Whether the day was given by hand: a plan locked elsewhere.
    """

    on: dt.date
    until: str
    extract: dt.date | None = None
    stated: bool = False

    def before(self, quarter: str) -> bool:
        """Whether no figure of ``quarter`` or later was there."""
        return quarter_number(self.until) < quarter_number(quarter)


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A locked plan, its SHA-256, when it was locked, and the digests that it has replaced.

    ``moment`` is ``None`` in a lock that records none.
    """

    plan: Plan
    digest: str
    moment: Moment | None = None
    replaces: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The first twelve digits, enough to compare by eye."""
        return self.digest[:12]


def build_plan(
    settings: StudySettings,
    strategy: Strategy,
    *,
    baseline_digests: Mapping[str, str] | None = None,
) -> Plan:
    """The plan of a study as a tree of plain JSON parts.

    Targets are those of the strategy's adoption: a later, dated decision of the steering group
    is no change of the plan but is printed beside it. A commitment is part of the plan where a
    target asks whether it was delivered.

    Parameters
    ----------
    baseline_digests
        SHA-256 of the baseline's data by table, where these shall not change either.
    """
    plan = {
        "version": VERSION,
        "study": settings.name,
        "areas": _areas(settings),
        "periods": settings.periods.model_dump(exclude_none=True),
        "contamination": [one.model_dump(by_alias=True) for one in settings.contamination],
        "breaks": [one.model_dump(by_alias=True) for one in settings.breaks],
        "indicators": {
            name: one.model_dump(exclude={"title", "theme"})
            for name, one in settings.indicators.items()
        },
        "rules": settings.rules.model_dump(),
        "methods": METHODS | (OF_PROGRAMMES if settings.areas.programme else {}),
        "supporting_methods": list(SUPPORTING),
        "targets": _targets(strategy),
        "commitments": _commitments(strategy),
        "baseline_data": dict(baseline_digests or {}),
    }
    return _canonical(plan)


def _canonical(plan: Plan) -> Plan:
    return {key: canonical(part) for key, part in plan.items()}


def _areas(settings: StudySettings) -> Plan:
    """Every area by its role; money is no part of the analysis."""
    return settings.areas.model_dump(by_alias=True, exclude={"treated": {"__all__": {"budget"}}})


def _targets(strategy: Strategy) -> Plan:
    return {
        name: one.model_dump(exclude={"title", "short", "action_area"}, exclude_none=True)
        | {"goal": one.limit, "over": one.window}
        for name, one in adopted_targets(strategy).items()
    }


def _commitments(strategy: Strategy) -> Plan:
    asked = {one.measure for one in adopted_targets(strategy).values() if one.measure}
    return {name: _commitment(strategy.written.measures[name]) for name in sorted(asked)}


def _commitment(measure: Measure) -> Plan:
    hold = measure.hold and measure.hold.model_dump(by_alias=True)
    return {"unit": measure.unit, "by_quarter": measure.by_quarter, "hold": hold}


def moment_of(
    covered: Sequence[str], extract: dt.date | None, *, on: dt.date | None = None
) -> Moment:
    """The moment of a lock made today, or of one that was made elsewhere ``on`` a day.

    On an earlier day the deliveries cannot have held a quarter that was not over then.

    Parameters
    ----------
    covered
        The quarters in the police's delivery, in order.
    extract
        The day on which it was drawn.
    """
    day = on or dt.date.today()
    over = [one for one in covered if last_day(one) < day]
    return Moment(
        on=day,
        until=over[-1] if over else shift(covered[0], -1),
        extract=extract if extract and extract <= day else None,
        stated=on is not None,
    )


def write_lock(
    path: str | Path, plan: Plan, *, moment: Moment | None = None, replace: bool = False
) -> Lock:
    """Write ``plan``, its digest and its moment to ``path``.

    The same plan at the same moment gives the same bytes; a plan that is locked already keeps the
    moment of its first lock.

    Parameters
    ----------
    moment
        When, and what was delivered then.
    replace
        Whether another plan may be replaced; its digest stays in the file.

    Raises
    ------
    InputRefused
        ``already-locked`` where another plan is locked there.
    """
    path = Path(path)
    lock = Lock(plan=_canonical(plan), digest=digest_of(plan), moment=moment)
    earlier = read_lock(path) if path.exists() else None
    if earlier is not None:
        if earlier.digest == lock.digest:
            return earlier
        if not replace:
            raise _already_locked(path)
        lock = replaced(lock, replaces=(*earlier.replaces, earlier.digest))
    content: dict[str, object] = {"sha256": lock.digest, "plan": lock.plan}
    if lock.moment:
        content["locked"] = canonical(asdict(lock.moment))
    if lock.replaces:
        content["replaces"] = list(lock.replaces)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_bytes((text + "\n").encode("utf-8"))
    return lock


def _already_locked(path: Path) -> InputRefused:
    return _refused(
        path, "already-locked", "another plan", "one plan for the whole period",
        "Declare what changed in deviations.yaml; a plan is not locked anew.",
    )  # fmt: skip


def read_lock(path: str | Path) -> Lock:
    """Read a locked plan.

    Raises
    ------
    InputRefused
        ``not-locked`` (no such file), ``lock-unreadable`` or ``lock-altered`` (the plan is not
        the one that the digest was made of).
    """
    path = Path(path)
    content = _content(path)
    if digest_of(content["plan"]) != content["sha256"]:
        raise _refused(
            path, "lock-altered", "a plan that does not give the digest beside it",
            "the file as tingbjerg lock wrote it", "Take the file from the baseline report's day.",
        )  # fmt: skip
    return Lock(
        plan=content["plan"], digest=content["sha256"], moment=_moment(content.get("locked")),
        replaces=tuple(content.get("replaces", ())),
    )  # fmt: skip


def _moment(written: dict[str, Any] | None) -> Moment | None:
    if written is None:
        return None
    extract = written["extract"]
    return Moment(
        on=dt.date.fromisoformat(written["on"]), until=written["until"],
        extract=dt.date.fromisoformat(extract) if extract else None, stated=written["stated"],
    )  # fmt: skip


def _content(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content["plan"], dict) and isinstance(content["sha256"], str):
            _moment(content.get("locked"))
            return content
    except FileNotFoundError:
        raise _refused(
            path, "not-locked", "no locked plan", "", "Run tingbjerg lock before the period begins."
        ) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise _refused(
        path, "lock-unreadable", "something else than a locked plan",
        "the file as tingbjerg lock wrote it", "Take the file from the baseline report's day.",
    )  # fmt: skip


def _refused(path: Path, code: str, found: str, wanted: str, mend: str) -> InputRefused:
    return InputRefused([Problem(code=code, file=path.name, found=found, wanted=wanted, mend=mend)])


def compare_plans(locked: Plan, now: Plan) -> list[Difference]:
    """Every key on which two plans differ, sorted; a list counts as one value.

    What is there on one side only is named by its topmost key.
    """
    return sorted(_differences(canonical(locked), canonical(now), ()), key=lambda one: one.key)


def _differences(planned: object, done: object, path: tuple[str, ...]) -> Iterator[Difference]:
    if isinstance(planned, dict) and isinstance(done, dict):
        for key in sorted({*planned, *done}):
            yield from _differences(planned.get(key), done.get(key), (*path, key))
    elif planned != done or type(planned) is not type(done):
        yield Difference(key=".".join(path), planned=planned, done=done)
