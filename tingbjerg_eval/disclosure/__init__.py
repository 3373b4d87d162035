"""Disclosure control: what is published of counts, and the attacker who reads it."""
