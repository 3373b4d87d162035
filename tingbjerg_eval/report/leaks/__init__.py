"""The leak scan: reads every file of a hand-over folder as a curious reader would."""

from tingbjerg_eval.report.leaks.finding import Finding
from tingbjerg_eval.report.leaks.scan import scan_files

__all__ = ["Finding", "scan_files"]
