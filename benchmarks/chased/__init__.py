"""Addresses chased to their end on loopback hosts that each behave in one way."""
