"""The reports: which sections each kind has, and the pages that are made of them."""
