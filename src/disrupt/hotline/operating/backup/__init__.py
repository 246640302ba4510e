"""A copy of what must not be lost, for k of n operators; what was destroyed stays destroyed."""
