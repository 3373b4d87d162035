"""What was decided: the study, its strategy, its design and the locked plan."""
