"""Which platform an address is on, by its host name (data/hosts.json)."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit

from disrupt.hotline.intake.asking.kinds import Hint, hint


@dataclass(frozen=True)
class Known:
    """A platform: its `name`, and the `key` of the help page's steps to report there (or empty)."""

    name: str
    key: str


@functools.cache
def _hosts() -> dict[str, Known]:
    path = resources.files("disrupt.hotline.intake") / "data" / "hosts.json"
    rows = json.loads(path.read_text("utf-8"))["platforms"]
    return {host: Known(row["name"], row["key"]) for row in rows for host in row["hosts"]}


def recognise(url: str) -> Known | None:
    """The platform of an address, e.g. TikTok for https://vm.tiktok.com/x; None when it is not listed."""
    parts = (urlsplit(url).hostname or "").rstrip(".").split(".")
    return next((known for n in range(len(parts) - 1) if (known := _hosts().get(".".join(parts[n:])))), None)


@dataclass(frozen=True)
class Address:
    """An address as it is shown back; `site` is the platform's name or the host's."""

    url: str
    site: str
    known: bool
    hint: Hint | None = None


def described(urls: tuple[str, ...]) -> list[Address]:
    """Every address with the name of its site."""
    found = []
    for url in urls:
        known = recognise(url)
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        found.append(Address(url, known.name if known else host, known is not None, hint(url)))
    return found
