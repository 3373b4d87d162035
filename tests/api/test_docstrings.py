"""Every public name says what it takes, gives and refuses, and its example comes out as written."""

from __future__ import annotations

import doctest
import inspect
import re

import pytest

import tingbjerg_eval as te

HEADING = re.compile(r"^(\w+)\n-+$", re.M)
PUBLIC = {name: getattr(te, name) for name in te.__all__ if name != "figures"}
FUNCTIONS = {name: one for name, one in PUBLIC.items() if not isinstance(one, type)}
CLASSES = {name: one for name, one in PUBLIC.items() if isinstance(one, type)}


def headings(thing) -> list[str]:
    return HEADING.findall(inspect.getdoc(thing) or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_its_sections_in_order(name):
    wanted = ["Parameters"] if inspect.signature(FUNCTIONS[name]).parameters else []
    found = headings(FUNCTIONS[name])
    assert [one for one in found if one in (*wanted, "Returns", "Examples")] == [
        *wanted, "Returns", "Examples",
    ]  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_of_a_function_is_named(name):
    said = inspect.getdoc(FUNCTIONS[name])
    for parameter in inspect.signature(FUNCTIONS[name]).parameters:
        assert re.search(rf"\b{parameter}\b", said), parameter


ESTIMATORS = [name for name, one in FUNCTIONS.items() if ".stats." in one.__module__]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_estimator_says_what_it_refuses(name):
    assert "Raises" in headings(FUNCTIONS[name])


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_it_holds(name):
    assert {"Attributes", "Parameters"} & set(headings(CLASSES[name]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_example_comes_out_as_written(demo_study, name):
    plain = inspect.unwrap(FUNCTIONS[name])
    known = {"te": te, "study": demo_study}
    (example,) = doctest.DocTestFinder(recurse=False).find(plain, name, globs=known)
    assert example.examples
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(example).failed == 0
