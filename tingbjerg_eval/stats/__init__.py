"""Numbers in, Estimates out: no files, no plots, no words of a report."""
