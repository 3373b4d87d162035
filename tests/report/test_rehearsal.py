"""The rehearsal reads everything a first page reads, and starts no thread."""

from __future__ import annotations

import pytest

from tingbjerg_eval.presentation.figures import style
from tingbjerg_eval.report.pages import render
from tingbjerg_eval.report.pages.render import rehearse
from tingbjerg_eval.run.batch.study_run import HAND_OVER, REHEARSAL
from tingbjerg_eval.run.kernels.warm import WarmParent
from tingbjerg_eval.run.kernels.warm_server import resolve


def test_after_it_fonts_and_markdown_are_there():
    render._markdown.cache_clear()
    style.add_fonts.cache_clear()
    rehearse()
    assert render._markdown.cache_info().currsize == 1
    assert style.add_fonts.cache_info().currsize == 1


@pytest.mark.parametrize("name", [HAND_OVER, REHEARSAL])
def test_what_a_warm_parent_is_asked_to_prepare_is_there(name):
    assert callable(resolve(name))


def test_a_warm_parent_is_still_one_thread_after_it():
    with WarmParent() as parent:
        parent.prepare(REHEARSAL)
        assert parent.call("rehearsed:there")
