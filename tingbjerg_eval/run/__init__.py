"""Notebooks through papermill: one report, a batch, a cluster; the command line."""
