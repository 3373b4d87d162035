"""Blocks into files: pages, print, workbook, index."""
