"""The queue: what waits, for whom and who has taken it; finding a case; what is so today."""
