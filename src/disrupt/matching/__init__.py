"""Fingerprints in, matches out."""

from disrupt.matching.errors import BadHash, BadRadius, IndexFileError, MatchingError
from disrupt.matching.index import RADIUS, HammingIndex, Matches

__all__ = ["RADIUS", "BadHash", "BadRadius", "HammingIndex", "IndexFileError", "Matches", "MatchingError"]
