"""Run the small study in this process; for tests that signal, kill or starve it."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from small_study import QUARTERS, faulty, quarterly, small_rendering
from steady import steady

from tingbjerg_eval.run.batch.batch import run_batch


def main(options: dict) -> int:
    steady()
    study = Path(options["study"])
    if options.get("largest_file"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (options["largest_file"],) * 2)
    jobs = quarterly(study, options.get("quarters", QUARTERS))
    jobs += faulty(study, *options.get("faults", ()))
    try:
        result = run_batch(
            jobs,
            options["output"],
            rendering=small_rendering(study, options.get("render", "render")),
            workers=2,
            timeout=options.get("timeout", 600),
            on_event=lambda event: print(event.name, event.stage, event.cell, flush=True),
        )
    except Exception as error:
        print(error, file=sys.stderr)
        return getattr(error, "exit_code", 99)
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
