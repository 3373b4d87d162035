"""Rates and ratios are printed where they give no count away, and only there."""

import pandas as pd
from tables_for_tests import counted

from tingbjerg_eval.disclosure import (
    admit,
    protect_tables,
    publish,
    rate_statement,
    ratio_statement,
    share_statement,
)
from tingbjerg_eval.disclosure.attacker import audit

COUNTS = counted(
    pd.DataFrame(
        [("A", "p", 3), ("A", "q", 40), ("B", "p", 60), ("B", "q", 50)],
        columns=["area", "quarter", "count"],
    ),
    margins=(),
)
TABLES = protect_tables([COUNTS])
PUBLISHED = publish("r", TABLES)


def cell(area, quarter):
    return COUNTS.cell_id({"area": area, "quarter": quarter})


def test_a_rate_of_a_hidden_count_is_not_printed_and_one_of_a_shown_count_is():
    hidden = rate_statement("A", cell("A", "p"), rate=1.5, exposure=2000)
    shown = rate_statement("B", cell("B", "p"), rate=30.0, exposure=2000)
    assert admit([hidden, shown], PUBLISHED) == [False, True]


def test_a_coarse_rate_that_leaves_five_values_is_printed():
    coarse = rate_statement("A", cell("A", "p"), rate=0.0, exposure=50_000, digits=0, per=1000)
    assert admit([coarse], PUBLISHED) == [True]


def test_a_ratio_to_a_hidden_count_is_not_printed():
    fell = ratio_statement("A", cell("A", "p"), cell("A", "q"), ratio=0.07)
    assert admit([fell], PUBLISHED) == [False]
    rose = ratio_statement("B", cell("B", "q"), cell("B", "p"), ratio=0.83)
    assert admit([rose], PUBLISHED) == [True]


def test_the_half_added_to_counts_is_part_of_the_line():
    change = ratio_statement(
        "B", cell("B", "q"), cell("B", "p"), ratio=50.5 / 60.5 / 2, digits=3, add=0.5,
        exposure_ratio=2.0,
    )  # fmt: skip
    statement = publish("r", TABLES, change)
    assert audit(statement).ok
    off = ratio_statement("B", cell("B", "q"), cell("B", "p"), ratio=50.5 / 60.5, add=0.5,
                          exposure_ratio=2.0)  # fmt: skip
    assert not audit(publish("r", TABLES, off)).ok


def test_two_shares_that_are_harmless_alone_are_not_both_printed():
    frame = pd.DataFrame([("A", 2)], columns=["area", "count"])
    counts = counted(frame, margins=(), name="one")
    published = publish("r", protect_tables([counts]))
    one = rate_statement("low", counts.cell_id({"area": "A"}), rate=0, exposure=1000, digits=-1)
    two = share_statement(
        "high", counts.cell_id({"area": "A"}), counts.cell_id({"area": "A"}), share=1.0
    )
    assert admit([one, two], published) == [True, True]
    narrow = rate_statement("n", counts.cell_id({"area": "A"}), rate=2, exposure=1000, digits=0)
    assert admit([one, narrow, two], published) == [True, False, True]
