"""A study opened: what was decided and delivered, and what follows from both."""
