"""A year in a short time: simulated people at the real processes on a moved clock, and an accountant."""
