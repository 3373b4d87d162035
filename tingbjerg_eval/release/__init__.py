"""The leak scan: reads every file of a hand-over folder as a curious reader would."""

from tingbjerg_eval.release.finding import Finding
from tingbjerg_eval.release.scan import scan_files

__all__ = ["Finding", "scan_files"]
