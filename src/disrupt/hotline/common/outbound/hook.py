"""A program of the operator's own is told something: one POST, no redirect, a few seconds at most."""

from __future__ import annotations

from collections.abc import Mapping

import httpx


class HookFailed(Exception):
    """The other side did not take it; the message says the kind of trouble and no content."""


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float = 10.0) -> bytes:
    """Give JSON to `url`, an address that the operator set; what it answers. Raises HookFailed."""
    try:
        answer = httpx.post(
            url,
            content=body,
            headers={"Content-Type": "application/json", **headers},
            timeout=seconds,
            follow_redirects=False,
            trust_env=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HookFailed(type(error).__name__) from None
    if not answer.is_success:
        raise HookFailed(f"it answered {answer.status_code}")
    return answer.content
