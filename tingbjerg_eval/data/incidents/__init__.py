"""Rows of police reports into counted cells."""
