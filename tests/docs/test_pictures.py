"""The pictures show the figures that the pages beside them tell, and the house as it is built."""

from pathlib import Path

import pandas as pd
import pytest

import tingbjerg_eval as te
from docs.making import pictures, rooms

EXPLAIN = Path(__file__).parents[2] / "docs" / "explain"
COUNTED = {7: "Seven", 9: "nine"}


@pytest.fixture(scope="module")
def figures():
    panel = pd.read_csv(pictures.FIGURES)
    return pictures.changes(panel), te.difference_in_differences(panel, pictures.design())


def test_the_page_on_the_method_tells_the_figures_of_its_pictures(figures):
    moved, effect = figures
    others = moved.drop(pictures.TREATED)
    low, middle, high = (round(one) for one in pictures.expected_range(moved, effect))
    fell_more = int((others < moved[pictures.TREATED]).sum())
    said = " ".join((EXPLAIN / "method.md").read_text("utf-8").split())
    for told in (
        f"Camden fell by {-moved[pictures.TREATED]:.0f} per cent",
        f"{COUNTED[fell_more]} of the twelve other boroughs fell by more",
        f"{others.idxmin()}'s fall of {-others.min():.0f} per cent",
        f"{others.idxmax()}'s rise of {others.max():.0f}",
        f"from minus {-low} to plus {high} per cent and its middle at minus {-middle}",
        f"{100 * (effect.value - 1):.0f} per cent more, somewhere between"
        f" {100 * (1 - effect.lower):.0f} per cent fewer and"
        f" {100 * (effect.upper - 1):.0f} per cent more",
    ):
        assert told in said, told


def test_the_page_on_cluster_errors_tells_how_many_boroughs_lie_outside(figures):
    moved, _ = figures
    low, high = pictures.cluster_range(moved)
    others = moved.drop(pictures.TREATED)
    outside = int((~others.between(low, high)).sum())
    said = (EXPLAIN / "cluster-errors.md").read_text("utf-8")
    assert f"{COUNTED[outside]} of the twelve boroughs" in said
    assert f"from minus {-low:.0f} to minus {-high:.0f} per cent" in said
    assert not low < moved[pictures.TREATED] < high


def test_the_pictures_are_drawn_from_the_figures(tmp_path):
    pictures.draw(tmp_path)
    for drawn in tmp_path.iterdir():
        assert "<svg" in drawn.read_text("utf-8")
        assert (pictures.IMAGES / drawn.name).exists()


def test_the_page_on_cluster_errors_tells_what_the_proof_found():
    proof = (EXPLAIN.parent / "proof.md").read_text("utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in proof if line.startswith("| ")]
    found = {name: (some[0], some[-1]) for name, *some in rows if len(some) == 4}
    said = (EXPLAIN / "cluster-errors.md").read_text("utf-8")
    for name, told in (
        ("two-way fixed effects, cluster errors", "two-way fixed effects, cluster errors"),
        ("plain before and after", "plain before and after"),
        ("Poisson 2 x 2 table", "Poisson 2 x 2 table"),
        ("the headline", "the headline of this toolkit"),
    ):
        london, everywhere = (cell.split()[0] for cell in found[name])
        assert f"| {told} | {london} % | {everywhere} % |" in said


def test_the_picture_of_the_rooms_is_the_house_as_it_is_built():
    drawn = (pictures.IMAGES / "rooms.svg").read_text("utf-8")
    assert drawn == rooms.picture(), "make it anew: python -m docs.making.pictures"


def test_no_room_hides_another_and_every_import_is_told_by_the_arrows():
    arrows = rooms.imports()
    places = {(rooms.COLUMN[name], height) for name, height in rooms.heights(arrows).items()}
    assert len(places) == len(arrows)
    told = {name: set() for name in arrows}
    for name, other in rooms.drawn_arrows(arrows):
        told[name].add(other)
    assert {name: rooms.below(name, told) for name in told} == {
        name: rooms.below(name, arrows) for name in arrows
    }
