"""How the cost grows with areas, quarters and indicators, from counted cells.

Run ``python tests/benchmarks/bench_growth.py [AREASxQUARTERSxINDICATORS ...]``. Writes a simulated
study of each size, opens it once and makes its first quarterly report, one in the middle, the last
one and the end of the period, each as the batch makes it: notebook, rendering, inspection. Prints
seconds of processor time of each, of opening, and the memory held. A third of the quarters, and
at least eight, are the baseline.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

SIZES = ("13x20x6", "50x20x6", "50x60x6", "200x60x20")
HERE = Path(__file__).resolve()


def quarters(count: int) -> list[str]:
    """So many quarters from 2005 on."""
    return [f"{2005 + number // 4}K{number % 4 + 1}" for number in range(count)]


def write_study(folder: Path, areas: int, times: int, indicators: int) -> Path:
    """A study of counted cells: one offence code and one target an indicator."""
    draw, every = np.random.default_rng(1), quarters(times)
    before = max(8, times // 3)
    names = [f"Område {number}" for number in range(areas)]
    codes = [str(1000 + 10 * number) for number in range(indicators)]
    (folder / "data").mkdir(parents=True)
    level = draw.uniform(8, 60, (areas, 1, indicators))
    counts = draw.poisson(level * np.ones((1, times, 1)))
    cells = [f"{area};{quarter};{code};{counts[i, j, k]}"
             for i, area in enumerate(names) for j, quarter in enumerate(every)
             for k, code in enumerate(codes)]  # fmt: skip
    people = [f"{area};{quarter};{4000 + 10 * i}"
              for i, area in enumerate(names) for quarter in every]  # fmt: skip
    (folder / "data" / "counts.csv").write_text("\n".join(["area;quarter;code;count", *cells]))
    (folder / "data" / "people.csv").write_text("\n".join(["area;quarter;people", *people]))
    case = dict.fromkeys(("case_number", "document_number", "case_officer"), "-")
    last_day = f"{int(every[-1][:4]) + 1}-12-15"
    settings = {
        "name": "growth", "title": "Growth", "simulated": True, "language": "en",
        "case": {"sender": "Office", "recipient": "Committee", **case},
        "areas": {"treated": names[0], "comparison": names[1:]},
        "periods": {"baseline": [every[0], every[before - 1]],
                    "period": [every[before], every[-1]]},
        "indicators": {
            f"kind-{code}": {"title": f"Reports of kind {code}", "kind": "count",
                             "basket": {"version": "1", "codes": [code]}}
            for code in codes
        },
        "data": {
            "folder": "data",
            "incidents": {
                "file": "counts.csv", "encoding": "utf-8", "extract_date": last_day,
                "columns": {"area": "area", "quarter": "quarter", "offence": "code",
                            "count": "count"},
                "source": "Simulated",
            },
            "population": {
                "file": "people.csv", "encoding": "utf-8", "source": "Simulated",
                "columns": {"area": "area", "quarter": "quarter", "population": "people"},
            },
        },
    }  # fmt: skip
    years = sorted({int(one[:4]) for one in every[before:]})
    strategy = {
        "title": "Growth",
        "parties": {"office": {"name": "Office"}},
        "budget": dict.fromkeys(years, 1_000_000),
        "action_areas": {"safety": {"title": "Safety", "priority": 1, "problem": "Simulated.",
                                    "evidence": "Simulated."}},
        "targets": {
            f"less-{code}": {
                "title": f"Fewer reports of kind {code}", "action_area": "safety",
                "indicator": f"kind-{code}", "kind": "relative_change", "goal": -30,
                "by": every[-1], "responsible": "office", "primary": number < 4,
            }
            for number, code in enumerate(codes)
        },
    }  # fmt: skip
    for name, content in (("study.yaml", settings), ("strategy.yaml", strategy)):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    return folder / "study.yaml"


def measure(path: Path) -> dict[str, float]:
    """Open the study, make some of its reports in children of a warm parent: processor seconds."""
    from tingbjerg_eval.disclosure.ledger import Ledger
    from tingbjerg_eval.evaluation.opening import open_study
    from tingbjerg_eval.publication.publication import published_chain
    from tingbjerg_eval.publication.timeline import report_names
    from tingbjerg_eval.run.batch.job import run_order
    from tingbjerg_eval.run.batch.orders import plan
    from tingbjerg_eval.run.batch.study_jobs import rendering, study_jobs
    from tingbjerg_eval.run.batch.study_run import REHEARSAL, hand_over
    from tingbjerg_eval.run.kernels import warm

    with warm.started() as parent:
        parent.prepare(REHEARSAL)
        marks = {"start": time.process_time()}
        study = open_study(path)
        marks["open"] = time.process_time()
        names = report_names(study)
        chain = published_chain(study, names)
        marks["publish"] = time.process_time()
        orders = plan(study_jobs(study, names, chain, Ledger()), rendering(study), engine="warm")
        marks["plan"] = time.process_time()
        hand_over(parent, study)
        warm.adopt(parent)
        taken = {now: marks[now] - marks[then]
                 for then, now in zip(marks, list(marks)[1:], strict=False)}  # fmt: skip
        by_name = {order.name: order for order in orders}
        for said, name in chosen(names).items():
            before = processor(parent.process.pid)
            outcome = run_order(by_name[name])
            if outcome.failure:
                raise SystemExit(f"{name}: {outcome.failure}")
            taken[said] = processor(parent.process.pid) - before
            taken[f"{said} rendering"] = outcome.seconds["rendering"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"reports": len(names), **{name: round(one, 1) for name, one in taken.items()},
            "MB of the batch": round(peak)}  # fmt: skip


def chosen(names: list[str]) -> dict[str, str]:
    """The reports that are made, of all."""
    return {"rehearsal": names[1], "first": names[1], "middle": names[len(names) // 2],
            "last": names[-2], "end": names[-1]}  # fmt: skip


def processor(pid: int) -> float:
    """Seconds that a process and its ended children took."""
    import psutil

    return sum(psutil.Process(pid).cpu_times()[:4])


def profile(path: Path, name: str) -> None:
    """Where the time of one report's cells and of its rendering goes."""
    import cProfile
    import pstats

    import nbformat

    from tingbjerg_eval.evaluation.kept import keep_open
    from tingbjerg_eval.evaluation.opening import open_study
    from tingbjerg_eval.publication.publication import published_chain
    from tingbjerg_eval.publication.timeline import report_names
    from tingbjerg_eval.report.pages.render import rehearse
    from tingbjerg_eval.run.batch.study_jobs import kind_of

    rehearse()
    study = open_study(path)
    names = report_names(study)
    watching = cProfile.Profile()
    watching.enable()
    published_chain(study, names)
    watching.disable()
    pstats.Stats(watching).sort_stats("cumtime").print_stats(25)
    keep_open(study)
    name = chosen(names).get(name, name)
    notebook = nbformat.read(HERE.parents[2] / "notebooks" / f"{kind_of(name)}.ipynb", 4)
    space = {"study": str(path), "quarter": name}
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    watching = cProfile.Profile()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            watching.enable()
            shell.run_cell(cell.source)
            watching.disable()
        if "parameters" in cell.metadata.get("tags", ()):
            shell.user_ns.update(space)
    stats = pstats.Stats(watching)
    stats.sort_stats("cumtime").print_stats(70)
    stats.sort_stats("tottime").print_stats(30)


def main() -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", default=SIZES[:3])
    parser.add_argument("--at", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--profile", metavar="REPORT", help="first, middle, last or end")
    asked = parser.parse_args()
    if asked.at and asked.profile:
        profile(asked.at, asked.profile)
        return
    if asked.at:
        print(json.dumps(measure(asked.at)))
        return
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = write_study(Path(folder, "study"), *map(int, size.split("x")))
            words = [sys.executable, str(HERE), "--at", str(path)]
            if asked.profile:
                subprocess.run([*words, "--profile", asked.profile], check=True)
                continue
            said = subprocess.run(words, capture_output=True, text=True)
            if said.returncode:
                raise SystemExit(said.stderr[-3000:])
            print(json.dumps({"size": size, **json.loads(said.stdout)}))


if __name__ == "__main__":
    main()
