# ruff: noqa: E501
"""Every bad input of the register: how the tiny study is spoilt, and the code that it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import bad_files as bad
import tiny as small
from tiny import QUARTERS, Tiny


@dataclass(frozen=True)
class Case:
    """``number`` in the register, what is wrong, its code, and the change that makes it.

    Without a code it is accepted and nothing is said of it; ``large`` files are read out of core.
    """

    number: int
    name: str
    code: str
    change: Callable[[Tiny], Tiny]
    note: bool = False
    large: bool = False


def population(old: str, new: str) -> Callable[[Tiny], Tiny]:
    return lambda tiny: tiny.text("population.csv", old, new)


def counts(old: str, new: str) -> Callable[[Tiny], Tiny]:
    return lambda tiny: tiny.counted().text("counted.csv", old, new)


def reports(old: str, new: str) -> Callable[[Tiny], Tiny]:
    return lambda tiny: tiny.text("reports.csv", old, new)


def survey(old: str, new: str) -> Callable[[Tiny], Tiny]:
    return lambda tiny: tiny.text("survey.csv", old, new)


def setting(old: str, new: str) -> Callable[[Tiny], Tiny]:
    return lambda tiny: tiny.setting(old, new)


def strategy(old: str, new: str) -> Callable[[Tiny], Tiny]:
    def change(tiny: Tiny) -> Tiny:
        assert old in tiny.strategy, old
        tiny.strategy = tiny.strategy.replace(old, new, 1)
        return tiny

    return change


def both(*changes: Callable[[Tiny], Tiny]) -> Callable[[Tiny], Tiny]:
    def change(tiny: Tiny) -> Tiny:
        for one in changes:
            tiny = one(tiny)
        return tiny

    return change


def _coded(table: bytes) -> bytes:
    """A population table with a column of codes, of which one area has two."""
    header, *rows = table.decode().splitlines()
    coded = [f"{row};{row[:3] if number else 'zzz'}" for number, row in enumerate(rows)]
    return "\n".join([f"{header};Kode", *coded, ""]).encode()


def cell(value: str) -> Callable[[Tiny], Tiny]:
    """One count of the counted cells written as ``value``."""
    return counts("Tingbjerg;2009K1;1320;1\n", f"Tingbjerg;2009K1;1320;{value}\n")


def people(value: str) -> Callable[[Tiny], Tiny]:
    return population("Tingbjerg;2009K1;1000\n", f"Tingbjerg;2009K1;{value}\n")


def quarter(value: str) -> Callable[[Tiny], Tiny]:
    return counts("Tingbjerg;2009K1;1320", f"Tingbjerg;{value};1320")


def day(value: str) -> Callable[[Tiny], Tiny]:
    return reports("Tingbjerg;02-01-2009", f"Tingbjerg;{value}")


def extra_row(file: str, row: str) -> Callable[[Tiny], Tiny]:
    def change(tiny: Tiny) -> Tiny:
        tiny = tiny.counted() if file == "counted.csv" else tiny
        return tiny.raw(file, tiny.files[file] + row.encode() + b"\n")

    return change


def raw(file: str, content: bytes) -> Callable[[Tiny], Tiny]:
    return lambda tiny: tiny.raw(file, content)


FILES = [
    Case(1, "Windows-1252 declared UTF-8", "encoding-not-utf8",
         lambda t: bad.encoded(t, "population.csv", "cp1252")),
    Case(1, "Windows-1252 not declared", "encoding-undeclared", both(
         lambda t: bad.encoded(t, "population.csv", "cp1252"),
         setting("population.csv\n    encoding: utf-8\n", "population.csv\n"))),
    Case(2, "UTF-8 declared Windows-1252", "encoding-is-utf8",
         setting("population.csv\n    encoding: utf-8", "population.csv\n    encoding: cp1252")),
    Case(2, "letters encoded twice", "encoding-twice",
         lambda t: t.raw("population.csv", t.files["population.csv"].decode("latin-1").encode())),
    Case(2, "an encoding nobody delivers", "encoding-unknown",
         setting("population.csv\n    encoding: utf-8", "population.csv\n    encoding: ebcdic")),
    Case(2, "a byte that Windows-1252 does not have", "encoding-no-such-byte", both(
         raw("population.csv", b"Omr\xe5de;Kvartal;Folketal\nTing\x81bjerg;2009K1;1000\n"),
         setting("population.csv\n    encoding: utf-8", "population.csv\n    encoding: cp1252"))),
    Case(3, "UTF-8 with a byte order mark", "", lambda t: bad.with_marks(t), True),
    Case(4, "UTF-16", "encoding-utf16", lambda t: bad.encoded(t, "population.csv", "utf-16")),
    Case(4, "UTF-16 without mark", "encoding-utf16",
         lambda t: bad.encoded(t, "population.csv", "utf-16-le")),
    Case(5, "mixed encodings", "encoding-mixed", bad.mixed_encodings),
    Case(6, "empty", "file-empty", raw("population.csv", b"")),
    Case(7, "header only", "header-only", raw("population.csv", "Område;Kvartal;Folketal\n".encode())),
    Case(8, "wrong separator", "separator-other",
         lambda t: t.raw("population.csv", t.files["population.csv"].replace(b";", b","))),
    Case(9, "mixed separators", "separator-mixed",
         population("Tingbjerg;2009K2;1000", "Tingbjerg,2009K2,1000")),
    Case(10, "an extra field in every row", "fields-every-row",
         lambda t: bad.every_row(t, "population.csv", ";x")),
    Case(11, "an extra field in one row", "row-long",
         population("Tingbjerg;2009K2;1000", "Tingbjerg;2009K2;1000;9")),
    Case(12, "a short row", "row-short", population("Tingbjerg;2009K2;1000", "Tingbjerg;2009K2")),
    Case(13, "unclosed quote", "quote-unclosed",
         population("Tingbjerg;2009K2", '"Tingbjerg;2009K2')),
    Case(13, "a quote inside a quoted field", "quote-misplaced",
         population("Tingbjerg;2009K2", '"Ting"bjerg";2009K2')),
    Case(14, "NUL byte", "nul-byte", population("Tingbjerg;2009K2", "Ting\0bjerg;2009K2")),
    Case(15, "CR line ends", "cr-line-ends",
         lambda t: t.raw("population.csv", t.files["population.csv"].replace(b"\n", b"\r")), True),
    Case(15, "CR line ends in a large file", "file-too-irregular",
         lambda t: t.raw("reports.csv", t.files["reports.csv"].replace(b"\n", b"\r")), large=True),
    Case(15, "two kinds of line ends in a large file", "csv-structure",
         lambda t: t.raw("reports.csv", t.files["reports.csv"].replace(b"\n", b"\r\n", 20)),
         large=True),
    Case(16, "lines before the header", "lines-before-header",
         population("Område;", "Befolkning i København\n\nOmråde;")),
    Case(17, "a footer", "footer", extra_row("population.csv", "Kilde: Danmarks Statistik")),
    Case(17, "an empty line among the rows", "blank-line",
         population("Tingbjerg;2009K2", "\nTingbjerg;2009K2")),
    Case(18, "a total row", "total-row", extra_row("population.csv", "I alt;2009K1;4060")),
    Case(19, "a heading twice", "heading-twice",
         lambda t: bad.every_row(t, "population.csv", ";x").text(
             "population.csv", "Folketal\n", "Folketal;Kvartal\n")),
    Case(19, "a heading twice but for its case", "heading-twice",
         lambda t: bad.every_row(t, "population.csv", ";1").text(
             "population.csv", "Folketal\n", "Folketal;FOLKETAL\n")),
    Case(19, "a Parquet heading twice but for its case", "heading-twice",
         lambda t: bad.parquet(t, again="folketal")),
    Case(19, "values without a heading", "heading-blank",
         lambda t: bad.every_row(t, "reports.csv", ";7").text(
             "reports.csv", "Journalnummer\n", "Journalnummer;\n")),
    Case(19, "a separator at the end of every row", "",
         lambda t: bad.every_row(t, "reports.csv", ";").text(
             "reports.csv", "Journalnummer\n", "Journalnummer;\n"), True),
    Case(20, "a missing column", "column-missing", population("Folketal", "Folktal")),
    Case(21, "an unknown column", "column-unknown",
         lambda t: bad.every_row(t, "population.csv", ";x").text(
             "population.csv", "Folketal\n", "Folketal;Bemærkning\n"), True),
    Case(22, "a heading padded, in other case, decomposed", "heading-differs",
         population("Område;Kvartal", " OMRA\u030aDE ;kvartal"), True),
    Case(23, "a workbook named .csv", "other-content",
         raw("population.csv", bad.workbook(bad.population_rows()))),
    Case(24, "a CSV named .xlsx", "other-content", both(
         lambda t: bad.as_excel(t),
         lambda t: t.raw("population.xlsx", t.files["population.csv"]))),
    Case(25, "merged cells", "cells-merged", lambda t: bad.as_excel(t, bad.merged)),
    Case(25, "two sheets", "sheet-unnamed", lambda t: bad.as_excel(t, bad.two_sheets)),
    Case(25, "a hidden sheet", "sheet-hidden", lambda t: bad.as_excel(t, bad.hidden_sheet)),
    Case(25, "a sheet that is not there", "sheet-missing", both(
         lambda t: bad.as_excel(t), setting("format: excel\n", "format: excel\n    sheet: Tal\n"))),
    Case(25, "a hidden row", "rows-hidden", lambda t: bad.as_excel(t, bad.hidden_row)),
    Case(25, "a hidden column", "rows-hidden", lambda t: bad.as_excel(t, bad.hidden_column)),
    Case(25, "rows that a filter hides", "rows-hidden", lambda t: bad.as_excel(t, bad.filtered)),
    Case(25, "two tables side by side", "heading-twice", lambda t: bad.as_excel(t, bad.two_tables)),
    Case(25, "a table below the table", "blank-line", lambda t: bad.as_excel(t, bad.table_below)),
    Case(25, "a day number in one row", "not-a-quarter", lambda t: bad.as_excel(t, bad.serial_cell)),
    Case(26, "a formula without value", "formula-empty", lambda t: bad.as_excel(t, bad.formula)),
    Case(26, "an error in a cell", "cell-error", lambda t: bad.as_excel(t, bad.error_cell)),
    Case(27, "truncated Parquet", "file-damaged", lambda t: bad.parquet(t, cut=200)),
    Case(27, "a truncated workbook", "file-damaged", both(
         lambda t: bad.as_excel(t),
         lambda t: t.raw("population.xlsx", t.files["population.xlsx"][:-300]))),
    Case(28, "a pickle", "pickle", bad.pickled),
    Case(29, "larger than the stated limit", "file-too-large", both(
         setting("population.csv\n", "population.csv\n    limit_mb: 1\n"),
         lambda t: t.raw("population.csv", t.files["population.csv"] + b"\n" * 1_000_001))),
    Case(29, "a workbook that swells", "file-swells", bad.swelling),
    Case(30, "changed since its digest was stated", "file-changed",
         setting("population.csv\n", "population.csv\n    sha256: " + "0" * 64 + "\n")),
    Case(31, "outside the data folder", "outside-folder",
         setting("file: population.csv", "file: ../study.yaml")),
    Case(31, "a link out of the data folder", "outside-folder", bad.linked_outside),
    Case(31, "a link to itself", "file-missing", bad.linked_to_itself),
    Case(31, "no such file", "file-missing", setting("file: population.csv", "file: populaton.csv")),
    Case(32, "an archive with several members", "archive", bad.zipped),
]  # fmt: skip

NUMBERS = [
    Case(33, "decimal comma not declared", "decimal-comma", people("1000,5")),
    Case(34, "a point that could part thousands", "point-undeclared", people("1.234")),
    Case(34, "thousands misplaced", "thousands-misplaced", both(
         people("1.23.4"), setting("population.csv\n", 'population.csv\n    thousands: "."\n'))),
    Case(35, "a space in a number", "space-in-number", people("1 000")),
    Case(35, "a no-break space in a number", "space-in-number", people("1\u00a0000")),
    Case(35, "a thin space in a number", "space-in-number", people("1\u2009000")),
    Case(35, "an invisible sign in a number", "not-a-number", people("1\u200b000")),
    Case(35, "an apostrophe in a number", "not-a-number", people("1'000")),
    Case(36, "a negative count", "negative-number", cell("-1")),
    Case(37, "4.5 reports", "not-whole", both(
         cell("4,5"), setting("counted.csv\n", 'counted.csv\n    decimal: ","\n'))),
    Case(38, "a Unicode minus", "unicode-minus", cell("\u22123")),
    Case(38, "Arabic digits", "other-digits", cell("\u0663")),
    Case(39, "a number in brackets", "bracketed-negative", cell("(3)")),
    Case(40, "infinity and no number in Parquet", "not-finite",
         lambda t: bad.parquet(t, values=[float("nan"), float("inf")])),
    Case(40, "infinity", "not-finite", cell("inf")),
    Case(40, "1e400", "exponent", cell("1e400")),
    Case(41, "NaN", "not-finite", cell("NaN")),
    Case(42, "20 digits", "too-many-digits", cell("12345678901234567890")),
    Case(42, "a population of a million million", "population-jump", people("999999999999")),
    Case(42, "a comma for thousands that was declared a decimal mark", "population-jump", both(
         people("1,000"), setting("population.csv\n", 'population.csv\n    decimal: ","\n'))),
    Case(42, "a footnote on a number", "mark-undeclared", people("1000*")),
    Case(43, "a suppressed cell ..", "suppressed-undeclared", cell("..")),
    Case(43, "a suppressed cell <5", "suppressed-undeclared", cell("<5")),
    Case(43, "a suppressed cell *", "suppressed-undeclared", cell("*")),
    Case(43, "a declared suppressed cell in a basket", "suppressed", both(
         cell("<5"), setting("counted.csv\n", 'counted.csv\n    suppressed: ["<5"]\n'))),
    Case(43, "a declared suppressed cell outside every basket", "suppressed-unused", both(
         extra_row("counted.csv", "Tingbjerg;2009K1;1210;<5"),
         setting("counted.csv\n", 'counted.csv\n    suppressed: ["<5"]\n')), True),
    Case(44, "a blank", "blank-number", cell("")),
    Case(45, "a percent sign", "percent-sign",
         lambda t: t.text("published.csv", "10,9;pct", "10,9 %;pct")),
    Case(46, "shares on two scales", "share-scale",
         lambda t: t.text("published.csv", "7,1;pct", "0,071;pct")),
    Case(46, "a share above 100", "share-over-100",
         lambda t: t.text("published.csv", "7,1;pct", "710;pct")),
    Case(47, "more reports than inhabitants", "count-above-population", lambda t: t.counted().raw(
         "population.csv", t.files["population.csv"].replace(b";1000\n", b";4\n"))),
    Case(48, "a rate that is not count by population", "rate-differs", both(
         lambda t: bad.every_row(t.counted(), "counted.csv", ";1000;9,9").text(
             "counted.csv", "Antal\n", "Antal;Folketal;Rate\n"),
         setting("count: Antal}", "count: Antal, population: Folketal, rate: Rate}"),
         setting("counted.csv\n", 'counted.csv\n    decimal: ","\n'))),
    Case(49, "a population of zero", "population-zero", people("0")),
    Case(49, "a population that is missing", "population-missing",
         population("Tingbjerg;2009K1;1000\n", "")),
    Case(50, "parts that do not sum to the total", "total-differs", both(
         extra_row("counted.csv", "I alt;2009K1;1320;11"),
         setting("counted.csv\n", "counted.csv\n    total: I alt\n"))),
    Case(50, "parts that sum to the total", "total-checked", both(
         extra_row("counted.csv", "I alt;2009K1;1320;10"),
         setting("counted.csv\n", "counted.csv\n    total: I alt\n")), True),
    Case(51, "True as a count", "true-or-false", cell("True")),
    Case(52, "words among counts", "not-a-number", cell("ukendt")),
]  # fmt: skip

TIME = [
    Case(53, "K1 2010", "quarter-form", quarter("K1 2009"), True),
    Case(53, "2010Q1", "quarter-form", quarter("2009Q1"), True),
    Case(53, "1. kvartal 2010", "quarter-form", quarter("1. kvartal 2009"), True),
    Case(53, "1. kvt. 2010", "quarter-form", quarter("1. kvt. 2009"), True),
    Case(53, "a quarter in wide digits", "not-a-quarter", quarter("\uff12\uff10\uff10\uff19K1")),
    Case(53, "a quarter of the year 3009", "not-a-quarter", quarter("3009K1")),
    Case(53, "not a quarter at all", "not-a-quarter", quarter("forår 2009")),
    Case(54, "2010K5", "no-such-quarter", quarter("2009K5")),
    Case(54, "2010K0", "no-such-quarter", quarter("2009K0")),
    Case(55, "10K1", "two-digit-year", quarter("09K1")),
    Case(56, "a quarter missing in the middle", "cell-missing", lambda t: t.counted().raw(
         "counted.csv", b"\n".join(line for line in t.files["counted.csv"].split(b"\n")
                                   if b"2009K3" not in line))),
    Case(57, "the same cell with another figure", "duplicate-cell",
         extra_row("counted.csv", "Tingbjerg;2009K1;1320;7")),
    Case(58, "the same row twice", "duplicate-row",
         extra_row("counted.csv", "Tingbjerg;2009K1;1320;1")),
    Case(59, "two populations for one quarter", "duplicate-cell",
         extra_row("population.csv", "Tingbjerg;2009K1;1001")),
    Case(60, "quarters out of order", "", bad.out_of_order, True),
    Case(61, "dates without a stated form", "date-format-missing",
         setting('    date_format: "%d-%m-%Y"\n', "")),
    Case(61, "month and day in the other order", "date-impossible",
         setting('"%d-%m-%Y"', '"%m-%d-%Y"')),
    Case(61, "a form that is not of fixed width", "date-format-unusable",
         setting('"%d-%m-%Y"', '"%d. %B %Y"')),
    Case(61, "a date in another form", "date-form", day("2009-01-02")),
    Case(62, "31 February", "date-impossible", day("31-02-2009")),
    Case(62, "29 February in a common year", "date-impossible", day("29-02-2009")),
    Case(63, "a spreadsheet's day number", "spreadsheet-serial", day("40179")),
    Case(63, "moments with a time zone", "time-zone", bad.with_time_zone),
    Case(64, "after the extract date", "after-extract", day("02-01-2012")),
    Case(64, "coverage after the extract date", "coverage-after-extract",
         setting("extract_date: 2011-12-01", "extract_date: 2010-12-30")),
    Case(65, "registered before it happened", "registered-early", both(
         lambda t: bad.every_row(t, "reports.csv", ";31-12-2009").text(
             "reports.csv", "Journalnummer\n", "Journalnummer;Anmeldt\n"),
         setting("case: Journalnummer}", "case: Journalnummer, registered: Anmeldt}"))),
    Case(66, "no extract date", "extract-date-missing",
         setting("    extract_date: 2011-12-01\n", "")),
    Case(66, "single reports without coverage", "coverage-missing",
         setting("    coverage: {from: 2009-01-01, to: 2010-12-31}\n", "")),
    Case(67, "an extract younger than the limit", "preliminary", setting(
         "extract_date: 2011-12-01", "extract_date: 2011-02-01\n    different_lag: accept"), True),
    Case(68, "baseline and end with different lag", "lag-differs",
         setting("extract_date: 2011-12-01", "extract_date: 2011-02-01")),
    Case(69, "series starts after the baseline", "baseline-not-covered",
         setting("from: 2009-01-01", "from: 2009-04-01")),
    Case(70, "the effort starts outside the series", "effort-outside-series",
         setting("from: 2009-01-01", "from: 2010-04-01")),
    Case(70, "the series ends before the period does", "period-not-covered",
         setting("to: 2010-12-31", "to: 2010-09-30"), True),
    Case(70, "no whole quarter", "coverage-none",
         setting("{from: 2009-01-01, to: 2010-12-31}", "{from: 2009-01-02, to: 2009-03-30}")),
    Case(70, "every report outside the coverage", "coverage-elsewhere",
         setting("{from: 2009-01-01, to: 2010-12-31}", "{from: 2007-01-01, to: 2008-12-31}")),
    Case(71, "half a quarter", "quarter-partial",
         setting("to: 2010-12-31", "to: 2010-11-15"), True),
    Case(71, "reports in half a quarter", "outside-coverage",
         setting("to: 2010-12-31", "to: 2010-11-15"), True),
    Case(72, "a date in a quarter column", "date-for-quarter", quarter("2009-01-01 00:00:00")),
    Case(72, "a month in a quarter column", "other-time-unit", quarter("2009M01")),
    Case(72, "no time", "blank-time", quarter("")),
    Case(73, "an older edition than the one before", "edition-older", both(
         setting("extract_date: 2011-12-01", "extract_date: 2011-12-01\n"
                 "    previous: {file: before.csv, extract_date: 2012-02-01}"),
         lambda t: t.raw("before.csv", t.files["reports.csv"])), True),
    Case(73, "an extract that differs from the one before", "revised", both(
         setting("extract_date: 2011-12-01", "extract_date: 2011-12-01\n"
                 "    previous: {file: before.csv, extract_date: 2011-02-01}"),
         lambda t: t.raw("before.csv", b"\n".join(t.files["reports.csv"].split(b"\n")[:-4]))),
         True),
]  # fmt: skip

AREAS = [
    Case(74, "a leading zero lost", "leading-zero-lost", both(
         setting("Folehaven, Ålholm]", "Folehaven, Ålholm, 0101]"),
         extra_row("population.csv", "101;2009K1;900"))),
    Case(75, "an area named NA", "", lambda t: bad.renamed(t, "NA"), True),
    Case(75, "an area named None", "", lambda t: bad.renamed(t, "None"), True),
    Case(76, "an unknown area", "area-unknown",
         lambda t: t.text("population.csv", "Tingbjerg", "Tingbjærg", times=99)),
    Case(77, "padded and decomposed names", "area-normalised",
         lambda t: t.text("population.csv", "Ålholm", " A\u030alholm", times=99), True),
    Case(77, "a soft hyphen and a space without width", "area-normalised", both(
         reports("\nTingbjerg;", "\nTing\u00adbjerg;"),
         reports("\nFolehaven;", "\nFolehaven\u200b;")), True),
    Case(77, "aa for å", "area-unknown", lambda t: t.text(
         "population.csv", "Ålholm", "Aalholm", times=99)),
    Case(77, "areas that are left out on purpose", "area-ignored", both(
         extra_row("population.csv", "Valby;2009K1;900"),
         setting("population.csv\n", "population.csv\n    other_areas: ignore\n")), True),
    Case(78, "an area renamed", "area-unknown",
         lambda t: t.text("reports.csv", "Tingbjerg", "Tingbjerg Nord", times=9)),
    Case(78, "an area that falls silent", "gap-area",
         lambda t: bad.many_reports(t, [("Tingbjerg", q, 0) for q in QUARTERS[4:]])),
    Case(79, "a crosswalk that splits an area", "crosswalk-split", both(
         raw("crosswalk.csv", b"from_area;to_area\nX;Tingbjerg\nX;Folehaven\n"),
         setting("population.csv\n", "population.csv\n    crosswalk: {file: crosswalk.csv}\n"))),
    Case(79, "a crosswalk to no area", "crosswalk-area", both(
         raw("crosswalk.csv", b"from_area;to_area\nX;Utterslev\n"),
         setting("population.csv\n", "population.csv\n    crosswalk: {file: crosswalk.csv}\n"))),
    Case(79, "half of a merged area", "crosswalk-incomplete", both(
         raw("crosswalk.csv", b"from_area;to_area\nNord;Tingbjerg\nSyd;Tingbjerg\n"),
         population("Tingbjerg;2009K1", "Nord;2009K1"),
         setting("population.csv\n", "population.csv\n    crosswalk: {file: crosswalk.csv}\n"))),
    Case(79, "a crosswalk that is used", "crosswalk-used", both(
         raw("crosswalk.csv", b"from_area;to_area\nNord;Tingbjerg\nSyd;Tingbjerg\n"),
         population("Tingbjerg;2009K1;1000", "Nord;2009K1;400\nSyd;2009K1;600"),
         setting("population.csv\n", "population.csv\n    crosswalk: {file: crosswalk.csv}\n")),
         True),
    Case(80, "overlapping areas", "case-two-areas",
         extra_row("reports.csv", "Folehaven;02-01-2009;1320;J-0001")),
    Case(80, "an area named after two", "area-inside", both(
         setting("Folehaven, Ålholm]", "Folehaven, Ålholm]\n  excluded: [Tingbjerg-Husum]"),), True),
    Case(81, "comparison equals treated", "area-two-roles",
         setting("[Bispeparken, Folehaven, Ålholm]", "[Bispeparken, Tingbjerg, Ålholm]")),
    Case(83, "a comparison area treated later", "contaminated-comparison",
         setting("indicators:\n", "contamination:\n  - {area: Folehaven, from: 2010K1, "
                 "to: 2010K4, effort: Helhedsplan}\nindicators:\n")),
    Case(84, "an unknown offence code", "offence-unknown", both(
         extra_row("counted.csv", "Tingbjerg;2009K1;1321;2"),
         setting("counted.csv\n",
                 "counted.csv\n    codes: {offence: {1320: Indbrud, 1390: Hærværk}}\n"))),
    Case(84, "a basket code that is never there", "basket-code-absent",
         setting("codes: [1320]", "codes: [1321]")),
    Case(84, "no offence code", "blank-offence", counts("2009K1;1320;1\n", "2009K1;;1\n")),
    Case(84, "a code read as a decimal number", "offence-alike", reports(";1320;", ";1320.0;")),
    Case(84, "a code with a zero before it", "offence-alike", reports(";1320;", ";01320;")),
    Case(84, "a code in wide digits", "offence-alike",
         reports(";1320;", ";\uff11\uff13\uff12\uff10;")),
    Case(85, "a code that changed meaning", "gap-offence",
         lambda t: bad.code_silent(t, "1320", QUARTERS[4:])),
    Case(85, "a code with a stated break", "offence-break", both(
         lambda t: bad.code_silent(t, "1320", QUARTERS[4:]),
         setting("indicators:\n", "breaks:\n  - {table: incidents, from: 2010K1, reason: Ny kode, "
                 "offences: [1320]}\nindicators:\n")), True),
    Case(86, "parent and child both counted", "basket-levels",
         setting("codes: [1320]", "codes: [13, 1320]")),
    Case(86, "the total with a part", "basket-levels",
         setting("codes: [1320]", "codes: [TOT, 1320]")),
    Case(87, "a case number twice", "case-twice",
         extra_row("reports.csv", "Tingbjerg;03-01-2009;1320;J-0001")),
    Case(87, "reports without case number", "case-blank", reports(";J-0001", ";"), True),
    Case(88, "reports without area over the limit", "area-blank-many",
         lambda t: t.text("reports.csv", "\nTingbjerg;", "\n;", times=9)),
    Case(88, "reports without area under the limit", "area-blank",
         reports("\nTingbjerg;", "\n;"), True),
    Case(88, "a counted cell without area", "blank-area",
         counts("\nTingbjerg;2009K1;1320", "\n;2009K1;1320")),
    Case(89, "an area that is zero throughout", "area-zero",
         lambda t: bad.many_reports(t, [("Ålholm", quarter, 0) for quarter in QUARTERS]), True),
]  # fmt: skip

W = ";166,667;18-39;tryg\n"
SURVEY = [
    Case(90, "weight zero", "weight-zero", survey(W, ";0;18-39;tryg\n")),
    Case(91, "weight negative", "weight-negative", survey(W, ";-1;18-39;tryg\n")),
    Case(92, "weight missing", "weight-missing", survey(W, ";;18-39;tryg\n")),
    Case(93, "weights that do not sum to the inhabitants", "weights-not-population",
         lambda t: t.raw("survey.csv", t.files["survey.csv"].replace(b";16", b";1")), True),
    Case(94, "a weight over 10 times the mean", "weight-heavy",
         survey(W, ";9166,667;18-39;tryg\n"), True),
    Case(95, "a stratum with one respondent", "stratum-single",
         survey(W, ";166,667;75+;tryg\n"), True),
    Case(95, "no stratum", "stratum-missing", survey(W, ";166,667;;tryg\n")),
    Case(96, "9 taken as an answer", "non-answer-undeclared", survey(W, ";166,667;18-39;9\n")),
    Case(96, "99 taken as an answer", "non-answer-undeclared", survey(W, ";166,667;18-39;99\n")),
    Case(96, "an undeclared non-answer", "non-answer-undeclared",
         survey(W, ";166,667;18-39;uoplyst\n")),
    Case(96, "a point for no answer", "non-answer-undeclared", survey(W, ";166,667;18-39;.\n")),
    Case(96, "-1 taken as an answer", "non-answer-undeclared", survey(W, ";166,667;18-39;-1\n")),
    Case(96, "a counted answer in other case", "answer-alike",
         survey(";40+;utryg\n", ";40+;Utryg\n")),
    Case(96, "an answer that the code list lacks", "answer-not-in-list", both(
         survey(W, ";166,667;18-39;7\n"),
         setting("missing: [ved ikke]\n", "missing: [ved ikke]\n    codes: {tryg: {1: tryg, "
                 "2: utryg, 3: meget utryg}}\n"))),
    Case(97, "a scale reversed between waves", "scale-reversed",
         setting("missing: [ved ikke]\n", "missing: [ved ikke]\n    wave_codes: {2009: {tryg: "
                 "{1: tryg, 2: meget utryg}}, 2011: {tryg: {2: tryg, 1: meget utryg}}}\n")),
    Case(98, "wording differs between waves", "wording-differs",
         setting("missing: [ved ikke]\n", "missing: [ved ikke]\n    wording: {tryg: {2009: Er du "
                 "tryg, 2011: Føler du dig tryg}}\n"), True),
    Case(99, "the supplier changed", "supplier-changed",
         setting("missing: [ved ikke]\n", "missing: [ved ikke]\n    suppliers: {2009: A, 2011: B}\n"),
         True),
    Case(100, "a respondent twice", "respondent-twice", survey("\nR002;", "\nR001;")),
    Case(100, "a respondent without number", "respondent-blank", survey("\nR002;", "\n;")),
    Case(101, "few answers in a cell", "answers-few",
         setting("survey_minimum_answers: 3", "survey_minimum_answers: 30"), True),
    Case(102, "a CPR column", "personal-heading", survey("Stratum", "CPR-nr")),
    Case(102, "a name column", "personal-heading", lambda t: bad.every_row(
         t, "survey.csv", ";Kim").text("survey.csv", ";tryg\n", ";tryg;Navn\n")
         .text("survey.csv", ";Kim\n", ";Ida\n")),
    Case(102, "an address column", "personal-heading", lambda t: bad.every_row(
         t, "survey.csv", ";x").text("survey.csv", ";tryg\n", ";tryg;Adresse\n")
         .text("survey.csv", ";x\n", ";y\n")),
    Case(102, "an e-mail address", "personal-contact", lambda t: bad.every_row(
         t, "survey.csv", ";-").text("survey.csv", ";tryg\n", ";tryg;Kontakt\n")
         .text("survey.csv", ";-\n", ";ida@example.org\n")),
    Case(102, "free text in a survey", "personal-free-text", lambda t: bad.numbered_rows(
         t, "survey.csv", ";min nabo hedder nr. ").text(
         "survey.csv", ";tryg\n", ";tryg;Bemærkning\n")),
    Case(102, "CPR-shaped values in a survey", "personal-cpr", survey("\nR002;", "\n010170-1234;")),
    Case(102, "CPR-shaped values in a police extract", "personal-cpr",
         reports(";J-0001", ";610170-1234")),
    Case(102, "CPR-shaped values among areas", "personal-cpr",
         reports("\nTingbjerg;", "\n0101701234;")),
    Case(102, "CPR numbers that lost their zero", "personal-cpr", lambda t: t.raw(
         "survey.csv", t.files["survey.csv"].replace(b"\nR0", b"\n1017012"))),
    Case(103, "labels lost", "labels-lost", lambda t: t.raw(
         "survey.csv", t.files["survey.csv"].replace(b";tryg\n", b";1\n").replace(
             b";1\n", b";tryg\n", 1).replace(b";meget utryg\n", b";3\n"))),
    Case(103, "an answer that nobody gave", "answer-absent",
         setting("answers: [utryg, meget utryg]", "answers: [utryg, meget utryk]")),
    Case(103, "labels on some codes only", "labels-lost", bad.some_labels),
    Case(104, "no design stated", "survey-design-missing", setting(", weight: Vægt", "")),
    Case(104, "no strata", "strata-none", setting(", stratum: Stratum", ""), True),
    Case(104, "a baseline wave that is missing", "wave-baseline-missing",
         setting("survey_baseline: [2009, 2009]", "survey_baseline: [2008, 2008]")),
    Case(104, "a wave without an area", "wave-area-missing", lambda t: t.raw(
         "survey.csv", "\n".join(line for line in t.files["survey.csv"].decode().split("\n")
                                 if ";Ålholm;2009" not in line).encode())),
    Case(104, "a wave that is not there yet", "wave-missing",
         setting("survey_period: [2011, 2011]", "survey_period: [2010, 2011]"), True),
]  # fmt: skip

OTHERS = [
    Case(0, "a measure without name", "blank-text",
         lambda t: t.text("activities.csv", "patrulje;2010K1", ";2010K1")),
    Case(0, "a measure that the strategy lacks", "measure-unknown",
         lambda t: t.text("activities.csv", "patrulje;2010K1", "patruljer;2010K1")),
    Case(0, "a commitment without a return", "return-missing",
         lambda t: t.text("activities.csv", "patrulje;2010K2;10;8;5000\n", ""), True),
    Case(0, "a measure's quarter twice", "duplicate-cell",
         lambda t: t.text("activities.csv", "2010K2", "2010K1").text(
             "activities.csv", ";8;", ";7;")),
    Case(0, "published figures that contradict", "published-contradicts",
         extra_row("published.csv", "København;2009;utrygge;11;pct;2016;rapport"), True),
    Case(0, "a year of two digits", "two-digit-year",
         lambda t: t.text("published.csv", "København;2009", "København;09")),
    Case(0, "not a year", "not-a-year",
         lambda t: t.text("published.csv", "København;2009", "København;i fjor")),
    Case(0, "population by year, carried back", "population-carried-back", both(
         raw("population.csv", "Område;År;Folketal\n".encode() + "".join(
             f"{area};2010;1000\n" for area in ("Tingbjerg", "Bispeparken", "Folehaven", "Ålholm")
         ).encode()),
         setting("quarter: Kvartal, population: Folketal}",
                 "year: År, population: Folketal}\n    carry_back: true")), True),
    Case(0, "a sign after a number", "mark-undeclared", people("1000*")),
    Case(0, "thousands taken for decimals", "thousands-as-decimals", both(
        lambda t: t.raw("population.csv", t.files["population.csv"].replace(b";10", b";1.0")),
        setting("    columns: {area: Område, quarter: Kvartal, population",
                '    decimal: "."\n    columns: {area: Område, quarter: Kvartal, population'))),
    Case(0, "average inhabitants", "population-averages", both(
        lambda t: t.raw("population.csv", t.files["population.csv"].replace(b"00\n", b"00.5\n")),
        setting("    columns: {area: Område, quarter: Kvartal, population",
                '    decimal: "."\n    columns: {area: Område, quarter: Kvartal, population')), True),
    Case(0, "inhabitants by month", "population-months", both(
        raw("population.csv", "Område;Kvartal;Folketal\n".encode() + "".join(
            f"{area};{year}M{month:02d};{1000 + 10 * at + month}\n" for year in (2009, 2010)
            for month in range(1, 13) for at, area in enumerate(small.AREAS)).encode()),
        setting("quarter: Kvartal, population: Folketal}",
                'quarter: Kvartal, population: Folketal}\n    time: "{year}M{month}"')), True),
    Case(0, "no headings", "header-none", both(
        lambda t: t.counted().raw("counted.csv", t.files["counted.csv"].split(b"\n", 1)[1]),
        setting("columns: {area: Område, quarter: Kvartal, offence: Gerningskode, count: Antal}",
                "columns: {area: 1, quarter: 2, offence: 3, count: 4}"))),
    Case(0, "headings among the rows", "header-repeated",
         extra_row("reports.csv", "Område;Gerningsdato;Gerningskode;Journalnummer"), True),
    Case(0, "a column by number and by name", "column-named-twice",
         lambda t: t.counted().setting("{area: Område, quarter: Kvartal, off",
                                       "{area: 1, area_code: Område, quarter: Kvartal, off")),
    Case(0, "reported and charged", "dimension-undeclared", lambda t: t.counted().raw(
        "counted.csv", "\n".join(
            f"{line};Slags" if not number else f"{line};Anmeldt\n{line};Sigtet"
            for number, line in enumerate(small.counted().strip().split("\n"))).encode())),
    Case(0, "a pattern that no heading fits", "wide-no-columns", setting(
         "columns: {area: Område, quarter: Kvartal, population: Folketal}",
         'format: wide_csv\n    columns: {area: Område}\n    wide: {pattern: "{year}M{month}"}')),
    Case(0, "a database that does not answer", "database-unreachable", setting(
         "    file: population.csv\n",
         "    database: postgresql+psycopg://127.0.0.1:9/nothing\n    query_table: people\n")),
    Case(0, "a password in the study", "password-in-file", setting(
         "    file: population.csv\n",
         "    database: postgresql+psycopg://me:secret@host/db\n    query_table: people\n")),
    Case(0, "a source below the table", "footer-left-out", both(
         lambda t: t.counted().raw("counted.csv", t.files["counted.csv"] + b"Kilde: Politiet\n"),
         setting("counted.csv\n", "counted.csv\n    footer_from: Kilde\n")), note=True),
    Case(0, "one value of a further dimension", "only-used", both(
         setting("reports.csv\n", "reports.csv\n    one_offence: 1320\n    only: {Gerningskode: 1320}\n"),
         setting(", offence: Gerningskode,", ","),
         setting("  vandalism:\n    title: Hærværk\n    kind: count\n    basket: {version: \"1\", codes: [1390]}\n", "")), note=True),
    Case(0, "zeros that are left out", "absent-zero", both(
         counts("Tingbjerg;2009K3;1320;", "Udenfor;2009K3;1320;"),
         setting("counted.csv\n", "counted.csv\n    absent: zero\n    other_areas: ignore\n")), note=True),
    Case(0, "rows that are persons", "rows-are-cases", both(
         lambda t: t.line("reports.csv", 2, "+" + t.files["reports.csv"].decode().split("\n")[1]),
         setting("reports.csv\n", "reports.csv\n    count: cases\n")), note=True),
    Case(0, "inhabitants not delivered", "population-unknown", setting(
         "    file: population.csv\n    encoding: utf-8\n    columns: {area: Område, quarter: Kvartal, population: Folketal}\n",
         "    unknown: Ikke leveret\n"), True),
    Case(0, "inhabitants of one year", "population-one-year", both(
         lambda t: t.raw("population.csv", ("Område;Folketal\n" + "".join(f"{a};1000\n" for a in small.AREAS)).encode()),
         setting(", quarter: Kvartal, population: Folketal}", ", population: Folketal}\n    population_year: 2010")), note=True),
    Case(0, "a column to ignore that is not there", "ignored-column-missing",
         setting("reports.csv\n", "reports.csv\n    ignore_columns: [Bydel]\n")),
    Case(0, "a further dimension that is not there", "only-column-missing",
         setting("reports.csv\n", "reports.csv\n    only: {Køn: I alt}\n")),
    Case(0, "a value of a dimension that is not there", "only-value-missing",
         setting("reports.csv\n", "reports.csv\n    only: {Gerningskode: I alt}\n")),
    Case(0, "a file of a folder that is missing", "files-missing",
         setting("file: reports.csv\n", "files: [reports.csv, reports-2.csv]\n")),
    Case(0, "files with other headings", "files-differ",
         setting("file: reports.csv\n", "files: [reports.csv, counted.csv]\n")),
    Case(0, "a time in another form than stated", "time-pattern", both(
         lambda t: t.counted(), setting("counted.csv\n", 'counted.csv\n    time: "{year}M{month}"\n'))),
    Case(0, "a report without time", "blank-time", day("")),
    Case(0, "a sub-row that one area lacks", "sub-rows-uneven", both(
         lambda t: bad.every_row(t.counted(), "counted.csv", ";a").text(
             "counted.csv", "Antal\n", "Antal;Under\n"),
         lambda t: t.raw("counted.csv", t.files["counted.csv"] + b"Tingbjerg;2009K1;1320;1;b\n"),
         setting("counted.csv\n", "counted.csv\n    sum_over: [Under]\n")), True),
    Case(0, "months missing inside a wide series", "months-missing", lambda t: t.setting(
         t.study[t.study.index("    file: reports.csv"):t.study.index("    extract_date")],
         '    file: wide.csv\n    format: wide_csv\n    encoding: utf-8\n'
         '    columns: {area: Område, offence: Kode}\n    wide: {pattern: "{year}{month}"}\n'
     ).raw("wide.csv", b"Omr\xc3\xa5de;Kode;" + b";".join(
         f"{y}{m:02d}".encode() for y in (2009, 2010) for m in range(1, 13) if (y, m) != (2009, 8)
     ) + b"\n" + "".join(
         f"{area};{code}" + ";1" * 23 + "\n"
         for area in ("Tingbjerg", "Bispeparken", "Folehaven", "Ålholm") for code in (1320, 1390)
     ).encode())),
]  # fmt: skip

PARAMETERS = [
    Case(105, "no where true or false belongs", "wrong-value", setting("simulated: true", "simulated: no")),
    Case(106, "a code that plain YAML reads as octal", "basket-code-absent",
         setting("codes: [1320]", "codes: [010170]")),
    Case(107, "1:30 for a number", "wrong-value",
         setting("survey_minimum_answers: 3", "survey_minimum_answers: 1:30")),
    Case(108, "a date where a quarter belongs", "wrong-value",
         setting("baseline: [2009K1, 2009K4]", "baseline: [2009-01-01, 2009K4]")),
    Case(109, "30 February", "wrong-value", setting("extract_date: 2011-12-01", "extract_date: 2011-02-30")),
    Case(110, "1e3", "wrong-value", setting("survey_minimum_answers: 3", "survey_minimum_answers: 1e3")),
    Case(111, "12_000", "wrong-value",
         setting("survey_minimum_answers: 3", "survey_minimum_answers: 12_000")),
    Case(112, "0,5", "wrong-value",
         setting("survey_minimum_answers: 3", "survey_minimum_answers: 3\n  level: 0,5")),
    Case(113, "2010.10 for a quarter", "wrong-value",
         setting("baseline: [2009K1, 2009K4]", "baseline: [2009.10, 2009K4]")),
    Case(114, "a key twice", "yaml-duplicate-key", setting("name: tiny\n", "name: tiny\nname: other\n")),
    Case(115, "a misspelt key", "unknown-key", setting("date_format:", "date_fromat:")),
    Case(116, "a list where a mapping belongs", "wrong-value",
         setting("rules:\n  survey_minimum_answers: 3", "rules:\n  - survey_minimum_answers")),
    Case(117, "an empty file", "yaml-empty", lambda t: setattr(t, "study", "") or t),
    Case(118, "a missing key", "missing-key", setting("  treated: Tingbjerg\n", "")),
    Case(119, "anchors and aliases", "yaml-reference",
         setting("baseline: [2009K1, 2009K4]", "baseline: &b [2009K1, 2009K4]")),
    Case(119, "a tag that would run code", "yaml-reference",
         setting("title: En", "title: !!python/object/apply:os.system En")),
    Case(120, "tabs", "yaml-tab", setting("  treated: Tingbjerg", "\ttreated: Tingbjerg")),
    Case(121, "an empty list", "wrong-value", setting("[Bispeparken, Folehaven, Ålholm]", "[]")),
    Case(121, "NaN as a parameter", "wrong-value",
         setting("survey_minimum_answers: 3", "survey_minimum_answers: .nan")),
    Case(122, "a name that is code", "unknown-key",
         setting("simulated: true", 'simulated: true\n"x = open(1)": 2')),
    Case(123, "a target without a responsible party", "no-responsible", strategy("    responsible: politi\nmeasures", "measures")),
    Case(124, "an indicator that does not exist", "unknown-indicator", strategy("indicator: burglary", "indicator: burgalry")),
    Case(125, "a goal whose sign contradicts its kind", "goal-sign", strategy("goal: -20", "goal: 20")),
    Case(126, "a budget above the year's frame", "over-frame", strategy("budget: {2010: 40000}", "budget: {2010: 400000}")),
    Case(127, "a period that overlaps its baseline", "period-overlaps-baseline", setting("  period: [2010K1, 2010K4]", "  period: [2009K4, 2010K4]")),
    Case(128, "a deadline outside the period", "deadline-outside-period", strategy("by: 2010K4", "by: 2015K4")),
    Case(0, "inhabitants beside unknown", "population-not-unknown", setting("    file: population.csv\n", "    file: population.csv\n    unknown: Ikke leveret\n")),
    Case(0, "both file and database", "source-place", setting("    file: population.csv\n", "    file: population.csv\n    database: x://y\n    query_table: z\n")),
    Case(0, "a database without a table", "query-table-missing", setting("    file: population.csv\n", "    database: x://y\n")),
    Case(0, "a pattern without wide_csv", "wide-no-columns", setting("population.csv\n", 'population.csv\n    wide: {pattern: "{year}"}\n')),
    Case(0, "one sign for two marks", "number-marks", setting("population.csv\n", 'population.csv\n    decimal: ","\n    thousands: ","\n')),
    Case(0, "a separator of two signs", "separator-sign", setting("population.csv\n", 'population.csv\n    separator: ";;"\n')),
    Case(0, "date and quarter", "incident-time", setting("date: Gerningsdato,", "date: Gerningsdato, quarter: K,")),
    Case(0, "offence named twice", "incident-offence", setting("reports.csv\n", "reports.csv\n    one_offence: 1320\n")),
    Case(0, "coverage backwards", "coverage-order", setting("{from: 2009-01-01, to: 2010-12-31}", "{from: 2010-12-31, to: 2009-01-01}")),
    Case(0, "year and quarter", "population-time", setting("quarter: Kvartal, population", "quarter: Kvartal, year: K, population")),
    Case(0, "an area of two codes", "area-codes-differ", both(setting("area: Område, quarter: Kvartal, population", "area: Område, area_code: Kode, quarter: Kvartal, population"), lambda tiny: tiny.raw("population.csv", _coded(tiny.files["population.csv"])))),
    Case(0, "points in place of areas", "points-only", reports("Område;Gerningsdato", "Latitude;Gerningsdato")),
    Case(0, "a respondent without a cluster", "cluster-missing", both(setting("stratum: Stratum}", "stratum: Stratum, cluster: Klynge}"), lambda tiny: tiny.raw("survey.csv", tiny.files["survey.csv"].replace(b"\n", b";\n").replace(b";\n", b";Klynge\n", 1)))),
    Case(0, "counts by year", "yearly-only", counts("Tingbjerg;2009K1;1320;1\n", "Tingbjerg;2009;1320;1\n")),
    Case(0, "a field that no report knows", "unknown-field", strategy("measures:\n", 'recommendation: ["{burglary-20.size}"]\nmeasures:\n')),
    Case(0, "a heading with two meanings", "heading-mapped-twice", setting("offence: Gerningskode", "offence: Gerningsdato")),
    Case(0, "wide_csv without its pattern", "wide-pattern", setting("population.csv\n", "population.csv\n    format: wide_csv\n")),
    Case(0, "a table without areas", "source-area", setting("{area: Område, quarter: Kvartal, population", "{quarter: Kvartal, population")),
    Case(0, "cases without their numbers", "cases-unnamed", setting(", case: Journalnummer}", "}\n    count: cases")),
    Case(0, "a window backwards", "window-order", setting("baseline: [2009K1, 2009K4]", "baseline: [2009K4, 2009K1]")),
    Case(0, "shares without waves", "waves-missing", setting("  survey_baseline: [2009, 2009]\n", "")),
    Case(0, "lists too deep", "yaml-depth", setting("title: En", f"title: {'[' * 3000}")),
    Case(0, "a control character in YAML", "yaml-characters", setting("title: En", "title: \x01En")),
    Case(0, "two colons", "yaml-syntax", setting("title: En", "title: title: En")),
    Case(0, "a key that is a list", "yaml-key", setting("title: En", "? [a]\n: b\ntitle: En")),
    Case(0, "a level that is none", "level", setting("survey_minimum_answers: 3", "survey_minimum_answers: 3\n  level: 95")),
    Case(0, "a threshold under 5", "threshold-too-low", setting("survey_minimum_answers: 3", "survey_minimum_answers: 3\n  disclosure_threshold: 4")),
]  # fmt: skip

CASES = [*FILES, *NUMBERS, *TIME, *AREAS, *SURVEY, *OTHERS, *PARAMETERS]
