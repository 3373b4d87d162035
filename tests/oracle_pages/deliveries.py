"""A study's files read plainly: YAML and CSV into pandas, and nothing of the package."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

END_OF_TIME = "9999-12-31"


def quarters(first: str, last: str) -> list[str]:
    """Every quarter from ``first`` to ``last``."""
    return [str(one).replace("Q", "K") for one in
            pd.period_range(first.replace("K", "Q"), last.replace("K", "Q"), freq="Q")]  # fmt: skip


def last_day(quarter: str) -> str:
    return str(pd.Period(quarter.replace("K", "Q")).end_time.date())


@cache
def _opened(folder: Path) -> Any:
    """The study as the package reads it, for what is told of it and when."""
    from tingbjerg_eval.evaluation.opening import open_study

    return open_study(folder)


@dataclass(frozen=True, eq=False)
class Deliveries:
    """What was delivered, and what was agreed, as it is known at the end of ``until``."""

    folder: Path
    until: str | None = None

    @cached_property
    def study(self) -> dict[str, Any]:
        return yaml.safe_load((self.folder / "study.yaml").read_text(encoding="utf-8"))

    @cached_property
    def written(self) -> dict[str, Any]:
        """The strategy as it was first written."""
        text = (self.folder / "strategy.yaml").read_text(encoding="utf-8")
        return yaml.safe_load(text)

    @property
    def treated(self) -> str:
        return self.study["areas"]["treated"]

    @property
    def comparison(self) -> list[str]:
        return self.study["areas"]["comparison"]

    @property
    def adjacent(self) -> list[str]:
        return self.study["areas"].get("adjacent", [])

    @property
    def baseline(self) -> tuple[str, str]:
        return tuple(self.study["periods"]["baseline"])

    @property
    def period(self) -> tuple[str, str]:
        return tuple(self.study["periods"]["period"])

    @cached_property
    def _publication(self) -> Any:
        from tingbjerg_eval.publication.publication import publication

        return publication(_opened(self.folder), self.until or "end_of_period")

    def released(self, indicator: str) -> pd.DataFrame:
        """An offence as it is told, which tests/publication holds: estimates rest on no more."""
        return self._publication.panel(indicator)

    def untold_of_others(self, indicator: str) -> set[str]:
        """Quarters whose comparison areas are not told, not even within a year."""
        told = self._publication.quarters(indicator, pooled=True)
        return set(told.loc[told["reckoned"].isna(), "quarter"])

    def moment(self, target: str) -> str:
        """The last quarter that is told of a target."""
        asked = _opened(self.folder).strategy.targets[target]
        return str(self._publication.moment(asked) or self.last)

    def released_shares(self, indicator: str) -> tuple[pd.DataFrame, list[str]]:
        """A share as estimates may use it, and the comparison areas that hold every wave."""
        design = self._publication.share_design(indicator)
        return self._publication.shares(indicator), list(design.comparison)

    @property
    def threshold(self) -> int:
        """The smallest count that is told."""
        return int(self.study.get("rules", {}).get("disclosure_threshold", 5))

    @property
    def last(self) -> str:
        return self.until or self.period[1]

    def kind(self, indicator: str) -> str:
        return self.study["indicators"][indicator]["kind"]

    def title(self, indicator: str) -> str:
        return self.study["indicators"][indicator]["title"]

    def party(self, name: str) -> str:
        return self.written["parties"][name]["name"]

    @cached_property
    def decisions(self) -> list[dict[str, Any]]:
        """The decisions taken by the end of ``until``."""
        known = last_day(self.until) if self.until else END_OF_TIME
        every = self.written.get("decisions", [])
        return [one for one in every if str(one["date"]) <= known]

    def decided(self, action: str, about: str) -> set[str]:
        return {one[about] for one in self.decisions if one["action"] == action}

    @cached_property
    def later(self) -> set[str]:
        """Targets and measures that a decision still to come adds."""
        every = self.written.get("decisions", [])
        return {one.get("target") or one.get("measure") for one in every
                if one["action"].startswith("add-") and one not in self.decisions}  # fmt: skip

    @property
    def targets(self) -> dict[str, dict[str, Any]]:
        every = self.written["targets"].items()
        return {name: one for name, one in every if name not in self.later}

    @cached_property
    def measures(self) -> dict[str, dict[str, Any]]:
        """Each measure with ``commitments`` by quarter and ``budget``, as amended by decisions."""
        made = {}
        for name, one in copy.deepcopy(self.written.get("measures", {})).items():
            if name in self.later:
                continue
            given = one.get("commitments", {})
            one["commitments"] = {
                quarter: float(amount) for time, amount in given.items()
                for quarter in ([time] if "K" in str(time) else quarters(f"{time}K1", f"{time}K4"))
            }  # fmt: skip
            one.setdefault("budget", {})
            made[name] = one
        for decision in self.decisions:
            if decision["action"] == "stop-measure":
                self._stop(made[decision["measure"]], decision["quarter"])
            elif decision["action"] == "move-money":
                year, amount = decision["year"], decision["amount_dkk"]
                for name, moved in (
                    (decision["measure"], -amount),
                    (decision["to_measure"], amount),
                ):
                    budget = made[name]["budget"]
                    budget[year] = budget.get(year, 0) + moved
        return made

    @staticmethod
    def _stop(measure: dict[str, Any], quarter: str) -> None:
        kept = {one: n for one, n in measure["commitments"].items() if one < quarter}
        measure["commitments"] = kept

    def table(self, name: str) -> pd.DataFrame:
        """A delivered CSV with its columns under the study's names."""
        source = self.study["data"][name]
        file = self.folder / self.study["data"]["folder"] / source["file"]
        frame = pd.read_csv(
            file, sep=source.get("separator", ";"), decimal=source.get("decimal", "."),
            encoding=source.get("encoding", "utf-8"), dtype={"Kode": str, "Gerningskode": str},
        )  # fmt: skip
        return frame.rename(columns={given: own for own, given in source["columns"].items()})

    @cached_property
    def reports(self) -> pd.DataFrame:
        """``area, quarter, offence, count`` with a row for each that was reported."""
        frame = self.table("incidents")
        if "count" not in frame:
            form = self.study["data"]["incidents"].get("date_format")
            day = pd.to_datetime(frame["date"], format=form)
            quarter = day.dt.to_period("Q").astype(str).str.replace("Q", "K")
            frame = frame.assign(quarter=quarter, count=1)
        return frame.groupby(["area", "quarter", "offence"], as_index=False)["count"].sum()

    @cached_property
    def residents(self) -> pd.Series:
        return self.table("population").set_index(["area", "quarter"])["population"].astype(float)

    def panel(self, indicator: str) -> pd.DataFrame:
        """``area, quarter, count, population``: a quarter without a report is a true zero."""
        codes = [str(code) for code in self.study["indicators"][indicator]["basket"]["codes"]]
        own = self.reports[self.reports["offence"].isin(codes)]
        count = own.groupby(["area", "quarter"])["count"].sum()
        times = quarters(self.baseline[0], self.last)
        areas = [self.treated, *self.comparison, *self.adjacent]
        cells = pd.MultiIndex.from_product([areas, times], names=["area", "quarter"])
        return pd.DataFrame({
            "count": count.reindex(cells, fill_value=0).astype(int),
            "population": self.residents.reindex(cells),
        }).reset_index()  # fmt: skip

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The survey, an answer that says nothing left blank; waves known by ``until``."""
        source = self.study["data"]["survey"]
        frame = self.table("survey")
        frame = frame.replace(source.get("missing", []), None)
        known = [self.until is None or f"{wave}K4" <= self.until for wave in frame["wave"]]
        return frame[known]

    def asked(self, indicator: str) -> pd.DataFrame:
        """Those who answered an indicator's question, ``inside`` who gave one of its answers."""
        return self._asked[indicator]

    @cached_property
    def _asked(self) -> dict[str, pd.DataFrame]:
        made = {}
        for name, one in self.study["indicators"].items():
            if one["kind"] == "share":
                given = self.answers[self.answers[one["question"]].notna()]
                made[name] = given.assign(inside=given[one["question"]].isin(one["answers"]))
        return made

    def share(self, indicator: str, area: str, wave: int) -> float:
        """The weighted share in per cent."""
        own = self.asked(indicator)
        own = own[(own["area"] == area) & (own["wave"] == wave)]
        weight = own["weight"].astype(float)
        return 100 * float(weight[own["inside"]].sum() / weight.sum())

    @cached_property
    def returns(self) -> pd.DataFrame | None:
        """What the parties have returned, up to ``until``."""
        if "activities" not in self.study["data"]:
            return None
        frame = self.table("activities")
        return frame[frame["quarter"] <= self.last]
