"""Reading a hotline's feed over HTTPS: a page at a time, with patience for faults, none for surprises."""

from __future__ import annotations

import ipaddress
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

import httpx

from disrupt.errors import DisruptError
from disrupt.partner.following.connection import options
from disrupt.partner.following.packed import pieces
from disrupt.partner.following.patience import ONCE, RETRY, TRIES, fault_of, how_long, new_name
from disrupt.partner.shared.words import printable
from disrupt.protocol.columns.page import Columns, read_columns
from disrupt.protocol.feed import MAX_LIMIT, Added, NotAFeed, Page, parse_page
from disrupt.protocol.plain import BulkPage, Plain, read_bulk_page

PAGE_SIZE = 2000
# A page ends at 100,000 fingerprints; a single film of a day has fewer.
MOST_PRINTS = 200_000
_LARGEST_PAGE = 256 * 1024 * 1024
_PATH = "/v1/feed"


_Answer = tuple[int, httpx.Headers, bytes]
AnyPage = TypeVar("AnyPage", Page, BulkPage)


class SyncError(DisruptError):
    """The feed cannot be read; the sentence says why and what to do."""


class BadAddress(SyncError):
    """The address is not one that a key may be sent to."""


class Refused(SyncError):
    """The exchange refuses this key or this question; `code` is its error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class WentBack(Refused):
    """The exchange's last number is lower than ours: its bank was restored from a backup."""


class Unreachable(SyncError):
    """The exchange did not answer, again and again; worth another try later."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def base_address(text: str) -> str:
    """The address of an exchange in its one spelling, without a trailing slash or the feed's own path.

    Raises BadAddress for anything that a key must not be sent to.
    """
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        raise BadAddress(f"{text!r} is not an address: write https://exchange.example") from None
    if url.scheme not in ("https", "http") or not url.host or not 0 < (url.port or 443) < 65536:
        raise BadAddress(f"{text!r} is not a web address: write https://exchange.example")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise BadAddress(
            f"{text!r} would send the key in clear: use https (plain http is for loopback only)."
        )
    if url.userinfo or url.query or url.fragment:
        raise BadAddress("The address holds a user, a query or a fragment: give the bare address.")
    path = url.path.rstrip("/").removesuffix(_PATH)
    return str(url.copy_with(path=path or "/")).rstrip("/")


@dataclass
class FeedClient:
    """One exchange, one key. `pause` and `chance` are how it waits between tries; `asking`: before each."""

    base: str
    key: str = field(repr=False)
    tries: int = TRIES
    pause: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    _etag: str | None = None
    _asked: tuple[int, int] | None = None
    _retry_after: str = ""
    asking: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.base = base_address(self.base)
        self._http = httpx.Client(**options(self.base, self.key, 60, Accept="application/json"))

    def __enter__(self) -> FeedClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def forget(self) -> None:
        """Do not say what was seen before: the next page comes whole."""
        self._etag = self._asked = None

    def page(self, after: int, limit: int = PAGE_SIZE, wait: int = 0) -> Page | None:
        """The changes after a number; None when the exchange says that nothing changed since last asked.

        `wait`: where there are none, the exchange answers when there are, or after so many seconds.
        Raises SyncError: Refused, WentBack, Unreachable.
        """
        seen = self._etag if self._asked == (after, limit) else None
        headers = {"If-None-Match": seen} if seen else {}
        query = {"after": after, "limit": min(limit, MAX_LIMIT)} | ({"wait": wait} if wait else {})
        answer = self._patiently("GET", _PATH, params=query, headers=headers)
        if answer[0] == 304:
            return None
        page = self._understand(answer, after, limit, parse_page)
        self._etag, self._asked = answer[1].get("ETag"), (after, limit)
        return page

    def bulk_page(self, after: int, limit: int) -> BulkPage:
        """The same in the form in which millions are read, always whole. Raises SyncError."""
        answer = self._patiently("GET", _PATH, params={"after": after, "limit": min(limit, MAX_LIMIT)})
        return self._understand(answer, after, limit, read_bulk_page, read_columns)

    def ask(self, path: str, **query: int | str) -> Any:
        """What another address of the exchange says, as JSON. Raises SyncError."""
        return self._value(*self._patiently("GET", path, params=query))

    def tell(self, path: str, value: object) -> Any:
        """Post something, as JSON; sent again where its answer is lost, and done once. Raises SyncError."""
        return self._value(*self._patiently("POST", path, json=value, headers={ONCE: new_name()}))

    def _patiently(self, method: str, path: str, **more: Any) -> _Answer:
        fault = ""
        for attempt in range(self.tries):
            if attempt:
                self.pause(self._how_long(attempt))
            self.asking()
            try:
                status, headers, body = self._once(method, path, more)
            except httpx.RequestError as error:
                fault = why(error)
                continue
            if status in RETRY:
                self._retry_after = headers.get("Retry-After", "")
                fault = fault_of(status, self._retry_after)
                continue
            return status, headers, body
        raise Unreachable(f"{self.base} cannot be read now, tried {self.tries} times: {fault}.")

    def _how_long(self, attempt: int) -> float:
        told, self._retry_after = self._retry_after, ""
        return how_long(attempt, told, self.chance)

    def _once(self, method: str, path: str, more: dict[str, Any]) -> _Answer:
        with self._http.stream(method, self.base + path, **more) as response:
            body = bytearray()
            for chunk in pieces(response):
                body += chunk
                if len(body) > _LARGEST_PAGE:
                    raise SyncError(
                        f"{self.base} sent a page of more than {_LARGEST_PAGE >> 20} MiB: stopped."
                    )
            return response.status_code, response.headers, bytes(body)

    def _value(self, status: int, headers: httpx.Headers, body: bytes) -> Any:
        if 300 <= status < 400:
            raise SyncError(
                f"{self.base} redirects to {headers.get('Location', 'nowhere')[:200]!r}; the key is not sent "
                "there. Give the final address with --url."
            )
        try:
            value: Any = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if status != 200:
            raise _refusal(self.base, status, value)
        return value

    def _understand(
        self,
        answer: _Answer,
        after: int,
        limit: int,
        parse: Callable[[object], AnyPage],
        at_once: Callable[[bytes], AnyPage | None] = lambda body: None,
    ) -> AnyPage:
        try:
            page = at_once(answer[2]) if answer[0] == 200 else None
            if page is None:
                page = parse(self._value(*answer))
        except NotAFeed as error:
            raise SyncError(
                f"{self.base} is not a Disrupt exchange, or speaks another version: {error}."
            ) from None
        _check_follows(self.base, page, after)
        _check_size(self.base, page, min(limit, MAX_LIMIT))
        return page


def _check_follows(base: str, page: Page | BulkPage, after: int) -> None:
    """Raises SyncError unless the page takes up exactly where the cursor stands."""
    if page.last < after:
        raise WentBack("cursor_ahead", _went_back(base, after, page.last))
    first = page.changes[0].seq if page.changes else None
    if first is not None and first != after + 1:
        raise SyncError(
            f"{base} left a gap: after change {after} it sent change {first}. Nothing of it was applied; "
            "tell the hotline."
        )
    if first is None and page.next != after:
        raise SyncError(f"{base} moved the cursor from {after} to {page.next} without a change.")


def _check_size(base: str, page: Page | BulkPage, limit: int) -> None:
    """Raises SyncError for a page of more changes, or more fingerprints, than any exchange sends."""
    if isinstance(page.changes, Columns):
        prints = page.changes.fingerprints
    else:
        prints = sum(len(c.pdq) + len(c.vpdq) for c in page.changes if isinstance(c, Added | Plain))
    if len(page.changes) > limit or prints > MOST_PRINTS:
        raise SyncError(
            f"{base} sent a page of {len(page.changes)} changes with {prints} fingerprints, where {limit} "
            f"changes were asked for: nothing of it was applied; tell the hotline."
        )


def _went_back(base: str, after: int, last: int | None) -> str:
    there = f" only has changes up to {last}" if last is not None else " has fewer changes"
    return (
        f"The bank is at change {after}, but {base}{there}: it was probably restored from a backup. "
        "Run again with --from-start to read everything anew."
    )


_SAID = {
    "missing_key": "it did not receive the key",
    "invalid_key": "it does not know this key: check the key file, and that the key is for this address",
    "expired_key": "this key has expired: ask the hotline for a new one",
    "revoked_key": "this key was revoked: ask the hotline for a new one",
    "partner_suspended": "the partner's access is suspended: contact the hotline",
    "missing_scope": "this key may not read the feed (scope exchange:feed:read): ask the hotline",
}


def refusal(base: str, status: int, body: bytes) -> SyncError:
    """What an exchange said when it refused, in words for a person."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    return _refusal(base, status, value)


def _refusal(base: str, status: int, value: Any) -> SyncError:
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return SyncError(f"{base} answered {status}: it is not a Disrupt exchange.")
    code, message = printable(error["code"][:40]), printable(str(error.get("message", ""))[:300])
    if code == "cursor_ahead":
        return WentBack(code, f"{base}: {message} Run again with --from-start to read everything anew.")
    said = _SAID.get(code)
    return Refused(code, f"{base} refuses: {said} ({message})" if said else f"{base} refuses: {message}")


def why(error: httpx.RequestError) -> str:
    return printable(f"{type(error).__name__}: {error}"[:300]).rstrip(": .")
