"""Studies larger than the demo, from its generator: twenty targets, or hundreds of areas.

``python -m tests.studies.large FOLDER --areas 200`` writes one, ready for ``tingbjerg run``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml

from tingbjerg_eval.demo.simulate import load_world
from tingbjerg_eval.demo.write import deliveries
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.study.amendments import amended
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy_file import read_strategy

COUNTS = ("burglary", "violence", "vandalism", "vehicle_crime", "robbery")
KINDS = (
    {"kind": "relative_change", "goal": -20},
    {"kind": "not_worse"},
    {"kind": "level", "goal": 15},
)
SHARES = ("unsafe_evening", "unsafe_neighbourhood", "worried_gangs", "exposed_burglary")
SHARE_KINDS = ({"kind": "point_change", "goal": -4}, {"kind": "not_worse"})


def write_large(folder: Path, *, areas: int = 12, targets: int | None = None) -> Path:
    """Write a study of so many comparison areas and, where told, so many main targets."""
    study, strategy, world = _demo("study.yaml"), _demo("strategy.yaml"), load_world()
    names = list(study["areas"]["comparison"])
    names += [f"{name} {part}" for part in range(1, 40) for name in names]
    study["areas"]["comparison"] = names[:areas]
    world["residents"] |= {name: 3000 + 37 * i % 6000 for i, name in enumerate(names[12:areas])}
    if targets:
        strategy = {k: v for k, v in strategy.items() if k not in ("decisions", "recommendation")}
        strategy["targets"] = _many_targets(study, targets)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "study.yaml", study)
    _write(folder / "strategy.yaml", strategy)
    settings = read_settings(folder / "study.yaml")
    plan = amended(read_strategy(folder / "strategy.yaml", settings))
    for name, content in deliveries(world, settings, plan).items():
        path = folder / settings.data.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder / "study.yaml"


def _many_targets(study: dict[str, Any], wanted: int) -> dict[str, dict[str, Any]]:
    counted = [(name, kind, "2012K4") for kind in KINDS for name in COUNTS]
    asked = [(name, kind, 2013) for kind in SHARE_KINDS for name in SHARES]
    return {
        f"{indicator}-{kind['kind']}".replace("_", "-"): {
            "title": f"{study['indicators'][indicator]['title']} ({kind['kind']})",
            "action_area": "tryghed",
            "indicator": indicator,
            "by": by,
            "responsible": "politiet",
            "primary": True,
            **kind,
        }
        for indicator, kind, by in (asked + counted)[:wanted]
    }


def _demo(name: str) -> dict[str, Any]:
    return yaml.safe_load(asset("parameters", name).read_text(encoding="utf-8"))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--areas", type=int, default=12)
    parser.add_argument("--targets", type=int)
    told = parser.parse_args()
    print(write_large(told.folder, areas=told.areas, targets=told.targets))
