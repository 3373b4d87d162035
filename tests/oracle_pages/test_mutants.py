"""What is broken on purpose stands in the product as it is."""

import importlib
import inspect

import pytest
from mutants import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_the_text_to_be_broken_stands_once_in_its_module(mutant):
    assert inspect.getsource(importlib.import_module(mutant.module)).count(mutant.old) == 1
