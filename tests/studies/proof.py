"""The proof page: real areas without an effort, published efforts, promises, and what warned.

    python -m tests.studies.proof [--shared FOLDER] [--starts 2]

reads the real data in ``FOLDER`` (beside the repository when not given), runs everything, and
writes ``docs/proof.md`` and the picture of the README's first screen. Every figure of the page
comes from this run.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.oracle.teaching import FIGURES
from tests.studies import baseline_years, efforts
from tests.studies.panels import settings
from tests.studies.placebos import (
    COLLAPSED,
    EIGHT,
    HEADLINE,
    OURS,
    PLAIN,
    RANK,
    Measured,
    dispersion,
    measure,
    shares,
)
from tests.studies.promise import DRIFT, YEARS, growth_of, kept, real_trials
from tests.studies.proof_picture import draw
from tests.studies.usual import USUAL

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "proof.md"
PICTURE = ROOT / "docs" / "images" / "proof.svg"
ALL = "all"
WANTED = (0.92, 0.97)


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """What the page is written from."""

    measured: Measured
    efforts: pd.DataFrame
    promises: pd.DataFrame
    growth: pd.DataFrame
    years: pd.DataFrame
    teaching: pd.DataFrame


def run(shared: Path, *, starts: int = 2, short: bool = False) -> Run:
    """Everything, or (``short``) one panel and start of each place and no promises."""
    data, replication = shared / "data", shared / "replication"
    given = None if short else real_trials(data, starts)
    return Run(
        measured=measure(settings(data, short=short)),
        efforts=efforts.rows(data, replication),
        promises=pd.DataFrame() if given is None else kept(given),
        growth=pd.DataFrame() if given is None else growth_of(given),
        years=pd.DataFrame() if given is None else baseline_years.scores(given),
        teaching=taught(replication),
    )


def taught(replication: Path) -> pd.DataFrame:
    """The teaching cases, as ``tests/oracle`` holds them."""
    rows = [
        {
            "case": one.case, "figure": one.what, "published": f"{one.published:.6g}",
            "ours": f"{one.ours(replication):.6g}", "tolerance": f"{one.tolerance:.1g}",
            "source": one.source, "remark": one.remark,
        }
        for one in FIGURES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def page(made: Run) -> str:
    """``docs/proof.md``."""
    rows = made.measured.rows
    parts = [
        INTRODUCTION,
        placebo_section(made.measured),
        "## 2. Published efforts\n\n" + EFFORTS + "\n" + markdown(made.efforts, EFFORT_HEADINGS),
        promise_section(made.promises, made.growth),
        dispersion_section(rows),
        "## 5. Teaching cases\n\n" + TEACHING + "\n" + markdown(made.teaching, {}),
        years_section(made.years),
        COMMANDS,
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def placebo_section(measured: Measured) -> str:
    """Figures of section 1, with the sentence that compares them."""
    rows = measured.rows
    table = shares(rows, [*OURS, PLAIN, *USUAL])
    overall = table[table["place"] == ALL].set_index("method")
    usual = overall.loc[list(USUAL), "called"]
    spent = measured.seconds[HEADLINE]
    return PLACEBOS.format(
        total=len(rows), settings=rows.groupby(["place", "kind", "start"]).ngroups,
        ours=percent(overall.loc[HEADLINE, "called"]), eight=percent(overall.loc[EIGHT, "called"]),
        eights=int(overall.loc[EIGHT, "comparisons"]),
        least=percent(usual.drop("synthetic control, placebo rank").min()),
        most=percent(usual.max()), seconds=sum(measured.seconds.values()), headline=spent,
        table=placebo_table(table), coverage=coverage_sentences(table), rms=errors(rows),
    )  # fmt: skip


def placebo_table(table: pd.DataFrame) -> str:
    """Methods down, places across: the share that is called a change."""
    told = {
        (row.method, row.place): f"{100 * row.called:.1f} ({100 * row.error:.1f})"
        for row in table.itertuples()
    }
    places = list(dict.fromkeys(table["place"]))
    lines = [
        {"method": method} | {place: told[method, place] for place in places}
        for method in dict.fromkeys(table["method"])
    ]
    return markdown(pd.DataFrame(lines), {})


def coverage_sentences(table: pd.DataFrame) -> str:
    """The headline's coverage in each place, and why where it lies outside what was wanted."""
    found = []
    for row in table[table["method"].isin([HEADLINE, EIGHT])].itertuples():
        covered = 1 - row.called
        inside = WANTED[0] <= round(covered, 3) <= WANTED[1]
        why = "" if inside else f" ({OUTSIDE if covered > WANTED[1] else SHORT})"
        found.append(
            f"- {row.method}, {row.place}: {covered:.3f}, Monte Carlo error {row.error:.3f}, "
            f"{row.comparisons} comparisons{why}"
        )
    return "\n".join(found)


def errors(rows: pd.DataFrame) -> str:
    """Typical size of what each method finds where nothing is, in per cent of the rate."""
    told = []
    for name in (HEADLINE, *USUAL):
        if name == "weighted displacement difference":
            continue
        size = rows[f"estimate: {name}"].abs().groupby(rows["place"], sort=False).median()
        told.append({"method": name} | {place: percent(one) for place, one in size.items()})
    return markdown(pd.DataFrame(told), {})


def promise_section(table: pd.DataFrame, growth: pd.DataFrame) -> str:
    """Figures of section 3."""
    if table.empty:
        return ""
    told = table.assign(
        found=table["found"].map(lambda one: f"{one:.3f}"),
        ratio=table["ratio"].map(lambda one: f"{one:.2f}"),
    )
    told = told[["primary", "growth", "place", "tried", "promised", "found", "ratio"]]
    grown = ", ".join(f"{row.place} {row.growth:.2f}" for row in growth.itertuples())
    return PROMISES.format(
        table=markdown(told, PROMISE_HEADINGS), grown=grown, years=YEARS, drift=DRIFT
    )


def years_section(table: pd.DataFrame) -> str:
    """Figures on the weights of baseline years."""
    if table.empty:
        return ""
    told = table.assign(
        score=table["score"].map(lambda one: f"{one:.3f}"),
        covered=table["covered"].map(lambda one: f"{one:.3f}"),
    )
    return BASELINE_YEARS.format(
        verdict=baseline_years.verdict(table),
        table=markdown(told[["weights", "place", "score", "covered"]], YEAR_HEADINGS),
    )


def dispersion_section(rows: pd.DataFrame) -> str:
    """Figures of section 4, with the sentence on all places together."""
    warned = rows["ratio"] > 1
    strong = rows["ratio"] > 2.5
    table = dispersion(rows)
    for name in (PLAIN, HEADLINE):
        table[name] = table[name].map(percent)
    return DISPERSION.format(
        warned=percent(warned.mean()), strong=percent(strong.mean()),
        plain_strong=percent(rows.loc[strong, PLAIN].astype(float).mean()),
        headline_strong=percent(rows.loc[strong, HEADLINE].astype(float).mean()),
        calm=percent(rows.loc[~warned, HEADLINE].astype(float).mean()),
        table=markdown(table, {"ratio": "the check said", PLAIN: "called, not widened",
                               HEADLINE: "called, widened"}),
    )  # fmt: skip


def markdown(table: pd.DataFrame, headings: dict[str, str]) -> str:
    """The table as markdown."""
    names = [headings.get(str(one), str(one)) for one in table.columns]
    lines = [names, ["---"] * len(names), *table.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def publish(made: Run) -> None:
    """Write the page and the picture."""
    table = shares(made.measured.rows, [HEADLINE, COLLAPSED, RANK, *USUAL])
    overall = table[table["place"] == ALL].set_index("method")["called"]
    draw(overall.drop(RANK), len(made.measured.rows), PICTURE)
    PAGE.write_text(page(made), encoding="utf-8")


def main() -> None:
    """Run everything and write the page; exit code 2 where the data are not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--starts", type=int, default=2)
    asked = parser.parse_args()
    if not (asked.shared / "data").is_dir():
        parser.exit(2, f"There is no folder 'data' in {asked.shared.name!r}: give --shared.\n")
    publish(run(asked.shared, starts=asked.starts))


OUTSIDE = "wider than it must be: the price of the widening for restless areas, see section 4"
SHORT = "narrower than it says"
EFFORT_HEADINGS = {"usual": "usual table", "why": "what differs and why"}
PROMISE_HEADINGS = {
    "primary": "primary targets", "found": "found", "ratio": "median promised rate ratio",
    "tried": "areas tried", "growth": "variance between areas grows", "promised": "promises",
}  # fmt: skip

INTRODUCTION = """# Proof in public

Why believe the headline? Here it is tried on data that nobody here made, beside what others use.
`make proof` makes this page and its picture from the open data named at the end; nothing on it is
typed in but the published figures and their sources, and what is said of earlier measurements.

![What methods call a change where nothing happened](images/proof.svg)
"""

PLACEBOS = """## 1. Real areas where nothing happened

{total} comparisons in {settings} settings: every area of every panel in turn as if an effort had
begun there, two years before (one at London's first start) against three years after, all other
areas as comparison. No effort began, so a method at 95 % should call about 5 in 100 a change. The
headline calls {ours} of them (against eight others drawn by lot, as small studies have them,
{eight} of {eights}); what is usually printed calls {least} to {most}.

Share called a change in per cent, in brackets its standard error (areas as clusters; kinds and
starts of one area are not independent, and neighbouring areas share shocks, so the true error is
larger):

{table}

The rank among placebo areas, the synthetic control's too, keeps its level by construction when
every area takes its turn; it says nothing of how large the mistakes are. The weighted displacement
difference is taken against the one area nearest in size, per quarter. Two-way fixed effects are of
quarterly log rates with CR1 errors; the interrupted time series is quasi-Poisson with a trend and
seasons, the area alone.

Coverage of the headline (1 - share called), wanted .92-.97:

{coverage}

What each finds where there is nothing (median size of the estimate, per cent of the rate):

{rms}

Processor time of all methods: {seconds:.0f} s, of the headline {headline:.1f} s (one thread).
"""

EFFORTS = """Rate ratios with 95 % intervals. The usual table is the 2 x 2 table with its Poisson
interval (Rio), the weighted displacement difference (worked examples) or the cluster-robust error
(states). Cidade de Deus: 8 quarters before and 8 after, the areas pacified from 2012 on as
comparison; claims on all units together are of the programme, not of this area. The claims of
Cano et al. are as the press told them in September 2012.
"""

PROMISES = """## 3. The promised change, planted and looked for

The baseline's two years promise a smallest fall that would be found with 80 % chance
(`minimum_detectable_change`). Exactly that fall is planted in each area's held-out three years, in
groups of nine areas, and the deciding procedure looks for it: at the plain level with one primary
target, at Holm's first step with five. "Promises" are those areas for which any fall is promised;
75 to 85 % of them are wanted to be found.

{table}

Why this growth: from the baseline's halves to the baseline and the period the years between the
windows become {years:g} times as many. Where every area had ten reports or more in each stretch the
variance between areas grew this many times: {grown}.
Part of what areas do is gone after some quarters and cancels in a period of three years, so growth
in proportion to the years promises too little, most of all in London. The power {drift:g} is the
one with which all three places find 75 to 85 %, for one target and for five.
"""

DISPERSION = """## 4. The dispersion check: where it warned and what happened

Before the period the check asks whether the treated area has been more restless than the others,
and the headline widens its interval by the ratio found. It warned (ratio above 1) in {warned} of
the comparisons, strongly (above 2.5) in {strong}. Where it warned strongly the interval that takes
no notice called {plain_strong} a change, the widened one {headline_strong}; where it was silent
{calm} were called. So the warning points at the right areas; a moderate ratio is often chance, and
there the widening makes the interval longer than it must be.

{table}
"""

TEACHING = """One list for this table and for the tests (`tests/oracle/teaching.py`). Tolerances are
absolute, in the unit of the figure.
"""

YEAR_HEADINGS = {"score": "interval score, the headline's as it is being 1", "covered": "coverage"}
BASELINE_YEARS = """## 6. Weights of baseline years

An older baseline year could count less than a newer one. It is built only where it helps on at
least three panels and harms nowhere. Here two years before three, eight comparison areas, the older
year's log rate counting the weight given (1 is not quite "as it is": a mean of logs). {verdict}
Measured earlier, on Danish municipalities: with two to five baseline years weights made the
interval score 2-8 % worse, with six 3-4 % better; and in simulation they harm where an area was
chosen for its worst last year. So every baseline year counts alike.

{table}
"""

COMMANDS = """## How to make it

| what | command |
|---|---|
| this page and its picture | `make proof`, or `python -m tests.studies.proof --shared FOLDER` |
| the promise alone | `python -m tests.studies.promise FOLDER/data` |
| simulated areas | `make coverage` ([figures](methods/coverage.md)) |
| the teaching cases as tests | `python -m pytest tests/oracle/test_teaching.py` |
| a real study | `tingbjerg run parameters/examples/london --data FOLDER/data/london` |

Data: Metropolitan Police recorded crime by borough and Office for National Statistics population
(Open Government Licence); Instituto de Segurança Pública, Rio de Janeiro, precincts outside the
city and the pacified areas (open data); burglaries in 552 block groups of Chicago's South Side
(city open data). Published: Cano, Borges & Ribeiro (2012), Os donos do morro; Magaloni, Franco &
Melo (2015), Killing in the slums; Wheeler & Ratcliffe (2018), Crime Science 7:11; Kessler & Roth
(2014); Arkhangelsky et al. (2021), American Economic Review 111:4088; Card & Krueger (1994),
American Economic Review 84:772; Bernal, Cummins & Gasparrini (2017), International Journal of
Epidemiology 46:348.
"""

if __name__ == "__main__":
    main()
