"""How every client of an exchange connects: its key, how packed, through no proxy of the environment."""

from __future__ import annotations

from typing import Any

import httpx

from disrupt import __version__
from disrupt.partner.following.packed import ACCEPT


def options(base: str, key: str, timeout: float, **headers: str) -> dict[str, Any]:
    """The arguments of an `httpx.Client` or `AsyncClient`; `timeout` in seconds, key "" for none."""
    said = {"User-Agent": f"disrupt/{__version__}", "Accept-Encoding": ACCEPT, **headers}
    return {
        "headers": said | ({"Authorization": f"Bearer {key}"} if key else {}),
        "timeout": httpx.Timeout(timeout, connect=15),
        "follow_redirects": False,
        # Over plain loopback HTTP, no proxy of the environment may see the key.
        "trust_env": base.startswith("https:"),
    }
