"""A long series of drawn studies: what each gave is kept, so that an interruption loses nothing."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

Result = Mapping[str, int | list[str]]


def run_series(studies: int, results: Path | None, judged: Callable[[int], Result]) -> Counter[str]:
    """Judge every seed below ``studies`` that ``results`` does not hold, and sum all results.

    A result holds numbers, which are summed, and what was found, which is printed and counted.
    """
    kept = _kept(results)
    for seed in range(studies):
        if seed not in kept:
            started = time.process_time()
            kept[seed] = judged(seed)
            _keep(results, {"seed": seed, **kept[seed], "cpu": time.process_time() - started})
            for finding in _found(kept[seed]):
                print(f"study {seed}: {finding}", flush=True)
    total: Counter[str] = Counter(studies=len(kept))
    for result in kept.values():
        total.update({name: value for name, value in result.items() if isinstance(value, int)})
        total.update(found=len(_found(result)), studies_with_findings=bool(_found(result)))
    return total


def _found(result: Result) -> list[str]:
    return [one for value in result.values() if isinstance(value, list) for one in value]


def _kept(results: Path | None) -> dict[int, Result]:
    lines = results.read_text("utf-8").splitlines() if results and results.exists() else []
    held = [json.loads(line) for line in lines]
    return {one.pop("seed"): one for one in held}


def _keep(results: Path | None, result: Mapping[str, object]) -> None:
    if results:
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
