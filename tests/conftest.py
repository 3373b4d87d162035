"""The demo study, written and opened once for all tests of a worker."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
"""How long an example takes says something about the machine's load, not about the code."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Where every tool is said to be there, a test that lacks one fails."""
    if not os.environ.get("TINGBJERG_ALL_TOOLS"):
        return
    for mark in item.iter_markers("skipif"):
        if mark.args[0] and mark.kwargs["reason"].startswith("needs "):
            pytest.fail(f"{mark.kwargs['reason']} (make system-packages browser-tools)")


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    from tingbjerg_eval.demo.write import write_demo

    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo_study(demo_folder):
    from tingbjerg_eval.evaluation.opening import open_study

    return open_study(demo_folder)
