"""The ids in a drawing are words of our own: they look like nobody's number."""

import re

import matplotlib.pyplot as plt
import pytest

from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.release import scan_files


@pytest.mark.parametrize("seed", range(12))
def test_a_drawing_gives_no_alarm_whatever_it_shows(seed):
    figure, ax = plt.subplots()
    for shift in range(8):
        ax.plot(range(12), [(shift * seed + at * at) % 17 for at in range(12)], "o-")
    ax.set_xticks(range(12), [str(1990 + seed + at) for at in range(12)])
    text = Figure(figure, alt="Lines").svg
    plt.close(figure)
    assert not scan_files({"figure.svg": text.encode()})
    assert all(re.fullmatch(r"[a-z]+", one) for one in re.findall(r'\bid="([^"]*)"', text))


def test_every_reference_in_a_drawing_leads_somewhere():
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3], [3, 1, 2], "o-")
    ax.fill_between([1, 2], [0, 1], hatch="//")
    text = Figure(figure, alt="Lines").svg
    plt.close(figure)
    named = set(re.findall(r'\bid="([^"]*)"', text))
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    assert used
    assert used <= named
