"""Names of the questions that estimates answer: an indicator in a window, never it alone."""

from __future__ import annotations

from collections import Counter

from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.report.report import Report


def question_names(report: Report, results: list[TargetResult]) -> list[str]:
    """What each result's estimates are about: the indicator, with the window where it is asked
    about in several."""
    times = Counter(one.target.indicator for one in results)
    names = []
    for one in results:
        indicator, window = one.question
        title = report.study.indicator(str(indicator)).title
        if times[indicator] > 1 and window is not None:
            title = f"{title} ({report.words.window(window)})"
        names.append(title)
    return names
