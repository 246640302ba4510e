"""What can go wrong in matching, one class a failure, each with a sentence that says what to do."""

from __future__ import annotations


class MatchingError(Exception):
    """Any failure of this package."""


class BadHash(MatchingError, ValueError):
    """Something offered as a 256-bit hash is not one."""


class BadRadius(MatchingError, ValueError):
    """A radius outside what the index answers exactly (0 to 64)."""


class IndexFileError(MatchingError):
    """An index file is truncated, altered, of another kind, or written by a newer version."""
