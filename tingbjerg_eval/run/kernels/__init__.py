"""Notebooks executed: the warm parent, the shells, the engines."""
