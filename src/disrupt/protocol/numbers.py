"""Whole numbers as programs write them in JSON: 42 and 42.0 are one number, as JSON Schema has it."""

from __future__ import annotations


def as_whole(value: object, most: int) -> int | None:
    """The number, if it is a whole one from 0 to `most`; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value <= most:
        return None
    return value
