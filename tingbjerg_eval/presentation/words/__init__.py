"""Figures and answers into sentences, numbers and names."""
