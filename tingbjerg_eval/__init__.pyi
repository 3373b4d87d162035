from .stats.estimate import Estimate, tidy
from .stats.refusal import MethodRefused
from .study.design import Break, Contamination, Design
from .study.problems import InputRefused, Problem

__all__ = [
    "Break",
    "Contamination",
    "Design",
    "Estimate",
    "InputRefused",
    "MethodRefused",
    "Problem",
    "tidy",
]
