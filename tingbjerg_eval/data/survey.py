"""The safety survey: one row per respondent, answers as text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from tingbjerg_eval.data.areas import area_names, read_areas
from tingbjerg_eval.data.doubts.spelling import alike, folded
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import Rejected, decimal_number, parse_column, year
from tingbjerg_eval.data.survey_notes import note_survey
from tingbjerg_eval.data.text_rules import number_form
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.study.design import Time
from tingbjerg_eval.study.settings import ShareIndicator, StudySettings
from tingbjerg_eval.study.sources import SurveySource

NON_ANSWERS = re.compile(
    r"(ved ikke|ønsker ikke at svare|vil ikke (svare|oplyse)|uoplyst|ubesvaret|ikke relevant"
    r"|ved[-_]ikke|intet svar|missing|don'?t know|refused|no answer|n/?a|nan|null|#null!|[.?–-]"
    r"|-\d{1,3}|8|88|888|9|98|99|998|999)",
    re.IGNORECASE,
)


_COUNTED = re.compile(r"\d{1,3}(-\d{1,3})?").fullmatch
RARE = 20
"""Times that an answer must be given for each time that its misspelling is."""


def questions_of(settings: StudySettings) -> tuple[str, ...]:
    """The survey columns that the indicators ask for."""
    shares = settings.indicators_of("share").values()
    return tuple(dict.fromkeys(one.question for one in shares))


def clean_survey(raw: RawTable, settings: StudySettings, found: Findings) -> pd.DataFrame:
    """``area, wave, weight, stratum`` (where delivered) and one column per question.

    A missing answer is ``None``; every other answer is the text of the code list.
    """
    source = given(settings.data.survey)
    areas = read_areas(raw, area_names(settings, source), found)
    columns = {"area": areas, "wave": parse_column(raw, "wave", year, found)}
    columns["weight"] = _weights(raw, source, found)
    for unit in ("stratum", "cluster"):
        if unit in raw.frame:
            columns[unit] = _units(raw, unit, found)
    for question in questions_of(settings):
        raw = _as_numbers(raw, question, settings)
        scale = _scale(raw, question, settings)
        numbers = counted_numbers(question, settings)
        own = _scale_source(source, question) if numbers else source
        columns[question] = _answers(raw, question, own, found, scale)
    frame = pd.DataFrame(columns)
    if source.respondent:
        _check_respondents(raw, frame, found)
    found.stop_if_refused()
    frame = frame[frame["area"].notna()].reset_index(drop=True).astype({"wave": "int64"})
    _check_answers(frame, settings, found)
    found.stop_if_refused()
    note_survey(frame, settings, found)
    return frame


def _weights(raw: RawTable, source: SurveySource, found: Findings) -> pd.Series:
    if "weight" not in raw.frame:
        return pd.Series(1.0, index=raw.frame.index)
    read = decimal_number(number_form(source, raw), negative=True)

    def positive(text: str) -> float:
        if text == "":
            raise Rejected("weight-missing")
        if (weight := read(text)) == 0:
            raise Rejected("weight-zero")
        if weight < 0:
            raise Rejected("weight-negative")
        return weight

    return parse_column(raw, "weight", positive, found)


def _units(raw: RawTable, unit: str, found: Findings) -> pd.Series:
    """The stratum or cluster of each respondent; everyone was drawn in one."""

    def read(text: str) -> str:
        if text == "":
            raise Rejected(f"{unit}-missing")
        return plain_text(text)

    return parse_column(raw, unit, read, found)


def _scale(raw: RawTable, question: str, settings: StudySettings) -> frozenset[str]:
    """Numbers that are answers: one after another, some counted by an indicator as they stand.

    So 8 and 9 on a scale from 0 to 10 are answers, and 88 and 99 beside it are not. Of a scale
    whose ends have labels every number between them is an answer.
    """
    texts = raw.frame[question].unique()
    counted = counted_answers(question, settings)
    starts = {int(one) for text in counted for one in re.findall(r"\d+", text) if _COUNTED(text)}
    given = {int(one) for one in map(plain_text, texts) if re.fullmatch(r"\d{1,3}", one)}
    scale = (starts & given) | _between_ends(raw, question, settings)
    while more := {one for one in given - scale if {one - 1, one + 1} & scale}:
        scale |= more
    return frozenset(map(str, scale))


def _between_ends(raw: RawTable, question: str, settings: StudySettings) -> set[int]:
    """The numbers of a scale from its first labelled one to its last."""
    source = given(settings.data.survey)
    missing = {plain_text(one).casefold() for one in source.missing}
    declared = source.codes.get(question, {})
    labels = {code: label for label, code in raw.codes.get(raw.heading(question), {}).items()}
    ends = [
        int(code)
        for code, label in (labels | declared).items()
        if re.fullmatch(r"\d{1,3}", code) and not re.fullmatch(r"([6-9])\1{1,2}", code)
        and not NON_ANSWERS.fullmatch(label) and label.casefold() not in missing
    ]  # fmt: skip
    if len(ends) < len("01") or not counted_numbers(question, settings):
        return set()
    return set(range(min(ends), max(ends) + 1))


def _as_numbers(raw: RawTable, question: str, settings: StudySettings) -> RawTable:
    """The numbers of a labelled scale of which indicators count numbers, such as ``0-3``.

    Its ends have labels, which would hide where they stand.
    """
    codes = raw.codes.get(raw.heading(question), {})
    if (
        not codes
        or not counted_numbers(question, settings)
        or codes.keys() & counted_answers(question, settings)
    ):
        return raw
    texts = raw.frame[question].map(lambda text: codes.get(plain_text(text), text))
    return raw.with_frame(raw.frame.assign(**{question: texts}))


def _scale_source(source: SurveySource, question: str) -> SurveySource:
    """``source`` whose codes of a counted scale only say which numbers are no answer."""
    missing = {plain_text(one).casefold() for one in source.missing}
    own = source.codes.get(question, {})
    kept = {code: label for code, label in own.items() if label.casefold() in missing}
    return source.model_copy(update={"codes": source.codes | {question: kept}})


def counted_answers(question: str, settings: StudySettings) -> set[str]:
    """Every answer to ``question`` that an indicator counts."""
    shares = settings.indicators_of("share").values()
    return {one for share in shares if share.question == question for one in share.answers}


def counted_numbers(question: str, settings: StudySettings) -> bool:
    """Whether what the indicators count of ``question`` are numbers of a scale."""
    return all(re.fullmatch(r"\d{1,3}", one) for one in counted_answers(question, settings))


def _answers(
    raw: RawTable, question: str, source: SurveySource, found: Findings, scale: frozenset[str]
) -> pd.Series:
    """Answers by code list, wave by wave where the lists differ."""
    if not source.wave_codes:
        return parse_column(raw, question, _reader(question, source.codes, source, scale), found)
    answers = pd.Series(None, index=raw.frame.index, dtype=object)
    for wave in raw.frame["wave"].unique():
        rows = (raw.frame["wave"] == wave).to_numpy()
        codes = source.codes | source.wave_codes.get(wave, {})
        part = parse_column(
            raw.rows(rows), question, _reader(question, codes, source, scale), found
        )
        answers[rows] = part.to_numpy()
    return answers


def _reader(
    question: str, codes: dict[str, dict[str, str]], source: SurveySource, scale: frozenset[str]
) -> Callable[[str], str | None]:
    labels = codes.get(question, {})
    missing = {plain_text(one).casefold() for one in source.missing}

    def read(text: str) -> str | None:
        answer = plain_text(text)
        if answer == "" or answer.casefold() in missing:
            return None
        if answer in labels:
            label = labels[answer]
            return None if label.casefold() in missing else label
        listed_all = labels and not all(one.casefold() in missing for one in labels.values())
        if listed_all and answer not in labels.values():
            raise Rejected("answer-not-in-list", question=question)
        if not listed_all and answer in scale:
            return answer
        if not listed_all and NON_ANSWERS.fullmatch(answer):
            raise Rejected("non-answer-undeclared")
        if not listed_all and re.fullmatch(r"-?\d+([.,]\d+)?", answer):
            raise Rejected("labels-lost", question=question)
        return answer

    return read


def _check_respondents(raw: RawTable, frame: pd.DataFrame, found: Findings) -> None:
    keys = pd.DataFrame({"respondent": raw.frame["respondent"], "wave": frame["wave"]})
    column = raw.heading("respondent")
    blank = (keys["respondent"] == "").to_numpy()
    if blank.any():
        found.add("respondent-blank", place=raw.where(blank), column=column, found="a blank")
    twice = keys.duplicated(keep=False).to_numpy() & ~blank
    if twice.any():
        found.add("respondent-twice", place=raw.where(twice), column=column, found=None)


def _check_answers(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> None:
    """Every answer that an indicator counts must have been given by someone."""
    for name, indicator in settings.indicators_of("share").items():
        answers = frame[indicator.question].dropna()
        given = answers.unique()
        _check_answers_alike(name, indicator, answers, settings, found)
        cut = indicator.scale_cut and not set(indicator.answers).isdisjoint(given)
        for answer in indicator.answers:
            if answer not in given and not cut:
                found.add("answer-absent", column=f"indicators.{name}", found=quoted(answer),
                          given=listed(sorted(map(quoted, given)), limit=8))  # fmt: skip
    if (design := settings.survey_design()) is not None:
        if lacking := sorted(set(design.baseline_times) - set(frame["wave"])):
            found.add("wave-baseline-missing", found=listed(lacking))
        for wave in sorted({*design.baseline_times, *design.period_times}):
            _check_wave(frame, wave, settings, found)


def _check_answers_alike(
    name: str, indicator: ShareIndicator, answers: pd.Series, settings: StudySettings,
    found: Findings,
) -> None:  # fmt: skip
    """A misspelt answer would not be counted as the one that is meant.

    What a code list names is no slip; a slip is far rarer than the answer it is near.
    """
    source = given(settings.data.survey)
    lists = [source.codes, *source.wave_codes.values()]
    declared = {label for codes in lists for label in codes.get(indicator.question, {}).values()}
    counts = answers.value_counts()
    for answer in sorted(set(counts.index) - set(indicator.answers) - declared):
        common = [one for one in counts.index if counts[one] >= RARE * counts[answer]]
        same = [one for one in indicator.answers if folded(one) == folded(answer)]
        near = alike(answer, same) or alike(answer, common)
        if near:
            found.add("answer-alike", column=f"indicators.{name}", found=quoted(answer), near=near)


def _check_wave(frame: pd.DataFrame, wave: Time, settings: StudySettings, found: Findings) -> None:
    there = frame[frame["wave"] == wave]
    if there.empty:
        return
    areas = set(there["area"])
    lacking = [a for a in (*settings.areas.with_effort, *settings.areas.comparison)
               if a not in areas]  # fmt: skip
    if lacking:
        found.add("wave-area-missing", found=f"wave {wave} without {listed(lacking)}")
