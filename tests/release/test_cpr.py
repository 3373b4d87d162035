"""CPR numbers of every form are found, keys are not taken for them."""

import random
from datetime import date, timedelta

import pytest
from carriers import html

from tingbjerg_eval.release import scan_files
from tingbjerg_eval.release.cpr import birth_year, cpr_count

FORMS = {
    "bare": lambda d, s: d + s,
    "hyphen": lambda d, s: f"{d}-{s}",
    "space": lambda d, s: f"{d} {s}",
    "dash": lambda d, s: f"{d}–{s}",
    "spaced hyphen": lambda d, s: f"{d} - {s}",
    "slash": lambda d, s: f"{d}/{s}",
    "point": lambda d, s: f"{d}.{s}",
    "pairs": lambda d, s: f"{d[:2]} {d[2:4]} {d[4:]} {s}",
    "dotted date": lambda d, s: f"{d[:2]}.{d[2:4]}.{d[4:]}-{s}",
    "hyphens in the date": lambda d, s: f"{d[:2]}-{d[2:4]}-{d[4:]}-{s}",
    "year of four digits": lambda d, s: f"{d[:4]}19{d[4:]}-{s}",
    "replacement number": lambda d, s: f"{int(d[:2]) + 60}{d[2:]}{s}",
    "replacement number with hyphen": lambda d, s: f"{int(d[:2]) + 60}{d[2:]}-{s}",
    "letters": lambda d, s: f"{d}-{s[0]}AB{s[3]}",
    "letters without hyphen": lambda d, s: f"{d}{s[:2]}X{s[3]}",
    "lost zero": lambda d, s: str(int(d + s)),
    "lost zero with hyphen": lambda d, s: f"{int(d)}-{s}",
    "wide digits": lambda d, s: "".join(chr(ord(sign) + 0xFEE0) for sign in d + s),
    "invisible sign": lambda d, s: f"{d[:3]}\u200b{d[3:]}{s}",
    "with a word before": lambda d, s: f"CPR{d}{s}",
}


def numbers(count, seed):
    """Birth dates from 1905 on and serial numbers drawn without any regard to modulus 11."""
    draw = random.Random(seed)
    for _ in range(count):
        born = date(1905, 1, 1) + timedelta(days=draw.randrange(365 * 94))
        yield born.strftime("%d%m%y"), f"{draw.randrange(10_000):04d}"


@pytest.mark.parametrize("form", FORMS)
def test_every_one_of_five_hundred_numbers_is_found_as(form):
    """Twenty forms of 500 numbers: 10,000, each alone in its text."""
    written = [FORMS[form](*number) for number in numbers(500, seed=len(form))]
    if form.startswith("lost"):
        written = [text for text in written if len(text.split("-")[0]) in (9, 5)]
    assert [text for text in written if cpr_count([f"the number {text}, as told"]) != 1] == []


def test_many_numbers_in_one_file_are_all_found():
    text = "\n".join(date + serial for date, serial in numbers(2000, seed=3))
    (found,) = scan_files({"t.csv": text.encode()})
    assert found.times == 2000


def test_under_one_in_two_hundred_of_random_keys_in_a_run_is_taken_for_one():
    draw = random.Random(11)
    keys = [f"{draw.randrange(10**10):010d}" for _ in range(100_000)]
    runs = [keys[at : at + 500] for at in range(0, len(keys), 500)]
    assert sum(map(cpr_count, runs)) < 0.005 * len(keys)


def test_a_key_alone_is_judged_by_its_date_because_nothing_else_can_tell():
    draw = random.Random(12)
    keys = [f"{draw.randrange(10**10):010d}" for _ in range(20_000)]
    share = sum(cpr_count([key]) for key in keys) / len(keys)
    assert share == pytest.approx(0.07305, abs=0.006)


def test_a_number_among_keys_is_found_when_it_is_named_or_fits_in_everything():
    draw = random.Random(13)
    keys = [f"{draw.randrange(10**10):010d}" for _ in range(60)]
    before = cpr_count(keys)
    assert cpr_count([*keys, "CPR-nr. 0101901234"]) == before + 1
    assert cpr_count([*keys, "0707614285"]) == before + 1


def test_some_people_among_keys_make_the_run_suspect():
    draw = random.Random(14)
    keys = [f"{draw.randrange(10**10):010d}" for _ in range(100)]
    people = [date + serial for date, serial in numbers(25, seed=5)]
    assert cpr_count(keys + people) >= 25


@pytest.mark.parametrize("text", ["320190-1234", "001190-1234", "011390-1234", "310490-1234",
                                  "920190-1234", "60 10 190", "2010-2012", "1234567"])  # fmt: skip
def test_what_is_no_date_is_no_number(text):
    assert cpr_count([text]) == 0


@pytest.mark.parametrize(
    ("digits", "year"),
    [("0101503000", 1950), ("0101364000", 2036), ("0101379000", 1937), ("0101575000", 2057),
     ("0101588000", 1858)],
)  # fmt: skip
def test_the_seventh_digit_tells_the_century(digits, year):
    assert birth_year(digits) == year


def clean_report(seed):
    """A report as an evaluator hands it over: figures, money, dates, drawings, digests."""
    draw = random.Random(seed)
    rows = "".join(
        f"<tr><th>Område {i}</th><td>{draw.randrange(5, 900)}</td>"
        f"<td>{draw.randrange(1, 9)}.{draw.randrange(100, 999)}</td>"
        f"<td>{draw.uniform(0, 99):.1f} %</td></tr>".replace(".", ",", 0)
        for i in range(30)
    )
    path = " ".join(f"L {draw.uniform(0, 460):.6f} {draw.uniform(0, 345):.3f}" for _ in range(300))
    digest = f"{draw.getrandbits(256):064x}"
    return {
        "report.html": html(
            f"<h1>2. kvartal 2011</h1><p>Sagsnr. 2009-123456, den 21. oktober 2009</p>"
            f"<table data-counts='no'>{rows}</table><p>2 mio. kr., 2010-2012, −3,2 point</p>"
            f'<svg viewBox="0 0 460.8 345.6"><path d="M 1 2 {path}" style="fill: #0101{seed:02d}"/>'
            f'<clipPath id="p{digest[:10]}"/></svg><p>Plan {digest}</p>'
        ),
        "tables.csv": (
            "area;quarter;count;rate\n"
            + "".join(f"A{i};2010K{i % 4 + 1};{draw.randrange(5, 999)};12,5\n" for i in range(40))
        ).encode(),
        "manifest.json": f'{{"report.html": "{digest}", "bytes": {seed * 997}}}'.encode(),
    }


def test_fifty_clean_reports_raise_no_alarm():
    for seed in range(50):
        assert scan_files(clean_report(seed), case_numbers_allowed=["2009-123456"]) == []
