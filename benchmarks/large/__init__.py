"""Trials of what is large: what many cases led to, and a whole bank of ten million."""
