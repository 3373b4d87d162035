from .evaluation.comparing import ComparisonChoice, compare_areas
from .evaluation.opening import open_study
from .evaluation.results import TargetResult, verdict_table
from .evaluation.study import Study
from .exploring.explorer import Explorer
from .exploring.open import explore
from .inputs.problems import InputRefused, Problem
from .presentation import figures
from .presentation.blocks.display import Group, Prose, Section
from .presentation.blocks.pictures import Figure
from .presentation.blocks.show import show
from .presentation.blocks.tables import Table
from .report.pages.headline import end
from .report.report import Report, open_report
from .stats.changes import area_changes
from .stats.collapsed import collapsed_t
from .stats.cost import cost_effectiveness
from .stats.did import difference_in_differences
from .stats.dispersion import dispersion_ratio
from .stats.displacement import displacement, pooled_displacement, reports_avoided
from .stats.displacement_quotient import (
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from .stats.estimate import Estimate, tidy
from .stats.event_study import event_study, trend_sensitivity
from .stats.exact import exact_rate_ratio
from .stats.limits import change_limits, contrast_limits, level_limits
from .stats.multiplicity import adjust_for_multiplicity
from .stats.periods import compare_periods
from .stats.placebos import baseline_sensitivity, leave_one_out, placebo_areas, placebo_dates
from .stats.pooled_change import PooledChange, pooled_change
from .stats.power import minimum_detectable_change
from .stats.programme import PooledEffects, pooled_difference_in_differences
from .stats.promise import plant, try_promise
from .stats.refusal import MethodRefused
from .stats.remarks import Remark
from .stats.segmented import interrupted_time_series
from .stats.survey import survey_mean, survey_shares, survey_total
from .stats.synthetic import synthetic_control, synthetic_difference_in_differences
from .study.design import Break, Contamination, Design
from .study.programme import Effort, Programme
from .targets.deliveries import broken_commitments, delivery_by_measure, delivery_by_party
from .targets.money import money_by_year
from .targets.priorities import rank_problems
from .targets.verdicts import Verdict, judge

__all__ = [
    "Break",
    "ComparisonChoice",
    "Contamination",
    "Design",
    "Effort",
    "Estimate",
    "Explorer",
    "Figure",
    "Group",
    "InputRefused",
    "MethodRefused",
    "PooledChange",
    "PooledEffects",
    "Problem",
    "Programme",
    "Prose",
    "Remark",
    "Report",
    "Section",
    "Study",
    "Table",
    "TargetResult",
    "Verdict",
    "adjust_for_multiplicity",
    "area_changes",
    "baseline_sensitivity",
    "broken_commitments",
    "change_limits",
    "collapsed_t",
    "compare_areas",
    "compare_periods",
    "contrast_limits",
    "cost_effectiveness",
    "delivery_by_measure",
    "delivery_by_party",
    "difference_in_differences",
    "dispersion_ratio",
    "displacement",
    "end",
    "event_study",
    "exact_rate_ratio",
    "explore",
    "figures",
    "interrupted_time_series",
    "judge",
    "leave_one_out",
    "level_limits",
    "minimum_detectable_change",
    "money_by_year",
    "open_report",
    "open_study",
    "placebo_areas",
    "placebo_dates",
    "plant",
    "pooled_change",
    "pooled_difference_in_differences",
    "pooled_displacement",
    "rank_problems",
    "reports_avoided",
    "show",
    "survey_mean",
    "survey_shares",
    "survey_total",
    "synthetic_control",
    "synthetic_difference_in_differences",
    "tidy",
    "trend_sensitivity",
    "try_promise",
    "verdict_table",
    "weighted_displacement_difference",
    "weighted_displacement_quotient",
]
