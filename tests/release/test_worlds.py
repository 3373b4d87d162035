"""A proposed world keeps what is told and has the value that was asked for."""

import numpy as np
import pytest

from tingbjerg_eval.release.worlds import CountBlock

AREAS, QUARTERS = ("a", "b", "c", "d"), ("1", "2", "3", "4")


def block(truth, together=(), *, told=True) -> CountBlock:
    made = CountBlock(table="t", at=0, areas=AREAS[: len(truth)], quarters=QUARTERS, total=told,
                 truth=np.array(truth), small=5, together=together)  # fmt: skip
    few = np.argwhere(made.truth < 5)
    made.hide((AREAS[row], QUARTERS[column]) for row, column in few)
    return made


def proposals(made: CountBlock):
    for one in made.hidden:
        for value, counts in one.ways:
            assert counts[one.place] == value
            yield np.array([[counts[area, time] for time in QUARTERS] for area in made.areas])


@pytest.mark.parametrize("together", [tuple((one,) for one in QUARTERS), (("1", "2"), ("3", "4"))])
@pytest.mark.parametrize("seed", range(5))
def test_a_year_of_several_areas_keeps_the_sums_of_areas_and_of_all_of_them(seed, together):
    made = block(np.random.default_rng(seed).poisson(4, (4, 4)) + np.eye(4, dtype=int), together)
    found = list(proposals(made))
    assert len(found) >= 4 * len(made.hidden)
    for table in found:
        assert table.min() >= 0
        assert table.min() < 5
        assert (table.sum(axis=1) == made.truth.sum(axis=1)).all()
        for part in together:
            columns = [QUARTERS.index(one) for one in part]
            assert table[:, columns].sum() == made.truth[:, columns].sum()


def test_where_no_two_areas_can_swap_a_table_is_solved_for():
    """The first count gains 2, and no other area can give 2 in one quarter."""
    made = block([[0, 9, 9, 9], [1, 9, 9, 9], [1, 9, 9, 9]], tuple((one,) for one in QUARTERS))
    assert made._swapped(0, 0, 2) is None
    assert dict(made.hidden[0].ways)[2]["a", "1"] == 2


def test_quarters_that_are_small_together_stay_small_and_so_stay_joined():
    """The third quarter's sum is 2: told with the fourth, and no world may tell it alone."""
    made = block(
        [[1, 0, 1, 3], [1, 4, 0, 1], [0, 2, 0, 3], [4, 5, 0, 0]], (("1",), ("2",), ("3", "4"))
    )
    for table in proposals(made):
        assert (table.sum(axis=0) < 5).tolist() == [False, False, True, False]
    seen = {one.place: len(dict(one.ways)) for one in block(made.truth, made.together).hidden}
    assert min(seen.values()) >= 4  # beside the true one


@pytest.mark.parametrize("told", [True, False])
def test_one_areas_quarters_keep_their_told_sum(told):
    made = block([[1, 3, 0, 2]], told=told)
    sums = {int(table.sum()) for table in proposals(made)}
    assert sums == {6} if told else max(sums) < 5
