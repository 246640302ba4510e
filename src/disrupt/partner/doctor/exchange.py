"""The exchange, tried out: does it answer, take this key, for what, and does its clock agree with ours?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from disrupt.errors import DisruptError
from disrupt.partner.doctor.checkup import Check, Verdict
from disrupt.partner.following.feed_client import FeedClient, Refused, base_address
from disrupt.partner.shared.keyfile import read_key

_APART = 60.0
"""Seconds by which two clocks may differ; the hotline's signatures count for days."""


def exchange_checks(url: str, key_file: Path, now: Callable[[], float] = time.time) -> Iterator[Check]:
    """Every check, as it is done; none raises, and none changes anything there."""
    try:
        base, key = base_address(url), read_key(key_file)
        yield _clock(base, now)
        with FeedClient(base, key, tries=2) as client:
            yield _scope(client, "exchange:bank:read", lambda: client.page(0, 1), "it cannot be fetched from")
            yield _scope(
                client,
                "exchange:feedback:write",
                lambda: client.tell("/v1/feedback", {}),
                "`disrupt feedback` and `scan --sink` will be refused",
            )
    except (DisruptError, OSError, httpx.HTTPError) as error:
        yield Check("exchange", "failure", str(error) or type(error).__name__)


def _clock(base: str, now: Callable[[], float]) -> Check:
    answer = httpx.get(f"{base}/v1/status", timeout=30, trust_env=base.startswith("https:"))
    try:
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return Check("exchange", "ok", f"{base} answers, and says no time")
    apart = now() - theirs
    if abs(apart) > _APART:
        said = f"{base} answers, and its clock is {apart:+.0f} s from ours: set the one that is wrong"
        return Check("exchange", "failure", said)
    return Check("exchange", "ok", f"{base} answers, and its clock agrees with ours")


def _scope(client: FeedClient, scope: str, ask: Callable[[], object], without: str) -> Check:
    """What is refused for want of a scope is told apart from what is refused for what it says."""
    try:
        ask()
    except Refused as error:
        if error.code == "missing_scope":
            state: Verdict = "failure" if scope.endswith(":read") else "warning"
            return Check("key", state, f"it does not have {scope}: {without}")
        if error.code != "bad_body":
            return Check("key", "failure", str(error))
    return Check("key", "ok", f"it has {scope}")
