"""The memo in Word, the hand-over folder around it, and the guard over its numbers."""
