"""The simulated study: a world with known truth, written as a supplier would deliver it."""
