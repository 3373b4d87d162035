"""Targets and estimates into verdicts, deliveries and measurability."""
