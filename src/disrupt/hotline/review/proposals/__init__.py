"""Fingerprints that partners propose: what waits, and the decision on it."""
