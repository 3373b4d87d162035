"""Delivered files of every format into rows of text."""
