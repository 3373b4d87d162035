"""The demo study, written and opened once for all tests of a worker."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    from tingbjerg_eval.data.demo import write_demo

    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo_study(demo_folder):
    from tingbjerg_eval.evaluation import open_study

    return open_study(demo_folder)
