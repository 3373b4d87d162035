"""What every clean frame promises to later stages, checked before it leaves this package."""

from __future__ import annotations

import pandera.pandas as pa

from tingbjerg_eval.inputs.quarters import PATTERN

QUARTER = pa.Column(str, pa.Check.str_matches(f"^{PATTERN.pattern}$"))
NAME = pa.Column(str, pa.Check.str_length(min_value=1))
COUNT = pa.Column("int64", pa.Check.ge(0))
AMOUNT = pa.Column("float64", pa.Check.ge(0))

INCIDENTS = pa.DataFrameSchema(
    {"area": NAME, "quarter": QUARTER, "offence": NAME, "count": COUNT},
    unique=["area", "quarter", "offence"],
    strict=True,
)
POPULATION = pa.DataFrameSchema(
    {"area": NAME, "quarter": QUARTER, "population": pa.Column("int64", pa.Check.gt(0))},
    unique=["area", "quarter"],
    strict=True,
)
SURVEY = pa.DataFrameSchema(
    {
        "area": NAME,
        "wave": pa.Column("int64", pa.Check.in_range(1900, 2100)),
        "weight": pa.Column("float64", pa.Check.gt(0)),
        "stratum": pa.Column(str, required=False),
        "cluster": pa.Column(str, required=False),
    }
)
ACTIVITIES = pa.DataFrameSchema(
    {"measure": NAME, "quarter": QUARTER, "planned": AMOUNT, "delivered": AMOUNT,
     "spent_dkk": AMOUNT},
    unique=["measure", "quarter"],
    strict=True,
)  # fmt: skip
CONSULTATION = pa.DataFrameSchema(
    {"quarter": QUARTER, "source": NAME, "theme": NAME, "area": NAME, "mentions": COUNT},
    unique=["quarter", "source", "theme", "area"],
    strict=True,
)
PUBLISHED = pa.DataFrameSchema(
    {"area": NAME, "year": pa.Column("int64"), "measure": NAME, "value": pa.Column("float64"),
     "unit": NAME, "published_in": pa.Column("int64"), "source": NAME,
     "contradicted": pa.Column(bool)},
    strict=True,
)  # fmt: skip

SCHEMAS = {
    "incidents": INCIDENTS,
    "population": POPULATION,
    "survey": SURVEY,
    "activities": ACTIVITIES,
    "consultation": CONSULTATION,
    "published": PUBLISHED,
}
