"""What a strategy has to fulfil, rule by rule."""
