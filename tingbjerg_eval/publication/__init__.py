"""The one door: what may leave the house of a study's counts, answers and mentions."""
