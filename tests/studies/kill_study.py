"""200 batches ended at random moments: nothing false, nothing lost, nothing left running.

Run ``python tests/studies/kill_study.py --times 200 --seed 1``; prints what was seen as JSON and
ends with exit code 1 if anything was that should not have been.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "run"))

from killing import kill_again_and_again

SIGNALS = {"kill": [signal.SIGKILL], "ask": [signal.SIGINT, signal.SIGTERM]}


def main() -> int:
    """Run the study with the options given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200, help="batches to end")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    parser.add_argument("--how", choices=SIGNALS, default="kill", help="kill -9, or SIGINT/SIGTERM")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = kill_again_and_again(
            Path(folder), times=asked.times, seed=asked.seed, numbers=SIGNALS[asked.how]
        )
    print(json.dumps(vars(tally), indent=1))
    return 1 if tally.faults() else 0


if __name__ == "__main__":
    sys.exit(main())
