"""Zstandard (RFC 8878), from the standard library or from what brings it to older ones."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

MOST_WINDOW = 23
"""Both ends keep 8 MiB at most to look back into, as RFC 9659 asks of what goes over HTTP."""
