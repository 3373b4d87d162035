"""Texts into values: strict YAML, typed scalars, quarters, and the problems found on the way."""
