"""Matching as a service, for those who may not hold the list."""
