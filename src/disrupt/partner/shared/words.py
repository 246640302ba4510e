"""Words that others wrote, made fit for a terminal and a log."""

from __future__ import annotations


def printable(text: str) -> str:
    """On one line that no terminal will obey: control and format characters are spelt out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
