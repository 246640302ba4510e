"""An address that is to go says so in each answer: since when, until when, and where one reads what to do.

`Deprecation` is RFC 9745, `Sunset` RFC 8594.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.http import http_date

AT_LEAST = dt.timedelta(days=182)
"""What docs/api.md promises: so long lies between the two."""


@dataclass(frozen=True)
class Leaving:
    """Since when nobody should begin to use an address, until when it is there, and where that is said."""

    since: dt.datetime
    until: dt.datetime
    said_at: str

    def __post_init__(self) -> None:
        if self.until - self.since < AT_LEAST:
            raise ValueError("An address goes half a year after that was said, or later.")

    def headers(self) -> dict[str, str]:
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.until.timestamp()),
            "Link": f'<{self.said_at}>; rel="deprecation"; type="text/html"',
        }
