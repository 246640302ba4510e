"""Reading NCMEC's hash sharing into a bank (`sync --protocol ncmec`), by the client of `threatexchange`.

What the list says was said by one of its members: entries are `shared`, and ask for a look before anything is
blocked. Times are windows, read whole: within one the list has no order, so that the cursor moves at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from time import time
from types import SimpleNamespace
from typing import Any

from disrupt.extras import more_needed
from disrupt.matching import Add, BadEntry, BankEntry, Change, PdqValue, Withdraw
from disrupt.matching.entries import check_entry
from disrupt.partner.following.feed_client import Refused, SyncError, Unreachable
from disrupt.partner.following.listing import ListClient
from disrupt.partner.following.patience import RETRY, fault_of
from disrupt.partner.following.summary import Summary
from disrupt.partner.shared.words import printable
from disrupt.protocol.generic import is_generic

SETTLED = 5
"""Seconds up to now that are left for the next fetch: what is entered in them may not show yet."""
OVERLAP = 2 * 3600
"""Seconds before the cursor that are read again: what was entered late, and an hour that clocks skip."""
BEFORE, WINDOW = 1_325_376_000, 90 * 86_400
"""One window up to 2012, then quarters: a first fetch that is stopped goes on with the quarter it was in."""
_MOST_PAGES = 1_000_000


class NcmecClient(ListClient):
    """One list of NCMEC's; the key is `user:password`. Needs the extra `tx`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            from threatexchange.exchanges.clients.ncmec.hash_api import NCMECHashAPI
            from urllib3.util.retry import Retry
        except ImportError:
            raise SyncError(f"--protocol ncmec {more_needed('tx')}") from None
        user, _, password = self.key.partition(":")
        if not user or not password:
            raise SyncError("the key file of --protocol ncmec holds user:password")

        class OneTry(NCMECHashAPI):  # type: ignore[misc]  # a library without types
            """It waits as long as it is told to, for hours: whether it asks again is decided here."""

            def _get_session(self) -> Any:
                session = super()._get_session()
                for adapter in session.adapters.values():
                    adapter.max_retries = Retry(0, read=False)
                return session

        self._api = OneTry(user, password, SimpleNamespace(value=self.base))

    def pages(self, since: int) -> Iterator[tuple[list[Any], int]]:
        """The updates of each page. Raises SyncError."""
        end, asked = int(time()) - SETTLED, 0
        while since < end:
            until, following = min(end, max(since + WINDOW, BEFORE)), ""
            while True:
                asked += 1
                updates, after = self._ask(max(0, since - OVERLAP), until, following)
                yield updates, since if after else until
                if not after:
                    break
                # It is written behind the address: without its slash it could be of another host.
                if after == following or not after.startswith("/") or asked >= _MOST_PAGES:
                    raise SyncError(f"{self.base} says that there is more, and not where.")
                following = after
            since = until

    def _ask(self, start: int, end: int, following: str) -> tuple[list[Any], str]:
        import requests

        window = {"start_timestamp": _as_local(start), "end_timestamp": _as_local(end)}
        fault = ""
        for attempt in range(self.tries):
            if attempt:
                self.pause(self._how_long(attempt))
            self.asking()
            try:
                told = self._api.get_entries(**window, next_=following)
                return told.updates, told.next
            except requests.HTTPError as error:
                fault = self._refused(error.response.status_code, error.response.headers)
            except requests.RequestException as error:
                fault = type(error).__name__
            except Exception as error:  # its client says by any of them that it does not understand an answer
                raise SyncError(
                    f"{self.base} does not speak NCMEC's protocol ({type(error).__name__})."
                ) from None
        raise Unreachable(f"{self.base} cannot be read now, tried {self.tries} times: {fault}.")

    def dispute(self, member: int, entry: str, sign: str) -> None:
        """Say of an entry's `pdq` or `md5` that it is not what the list is for. Raises SyncError.

        Where the list has several reasons for that, the first that it names is given.
        """
        import requests
        from threatexchange.exchanges.clients.ncmec.hash_api import FeedbackType, FingerprintType

        kind = FingerprintType[sign]
        self.asking()
        try:
            first = next(iter(self._api.feedback_reasons(kind)), None)
            self._api.submit_feedback(member, entry, kind, FeedbackType.downvote, first)
        except requests.HTTPError as error:
            if error.response.status_code == 404:
                return  # it is gone there
            fault = self._refused(error.response.status_code, error.response.headers)
            raise SyncError(f"{self.base} could not be told: {fault}.") from None
        except requests.RequestException as error:
            raise SyncError(f"{self.base} could not be told: {type(error).__name__}.") from None

    def _refused(self, status: int, headers: Mapping[str, str]) -> str:
        """What is said after all tries. Raises SyncError where another try is of no use."""
        if status in RETRY:
            self._retry_after = headers.get("Retry-After", "")
            return fault_of(status, self._retry_after)
        if status in (401, 403):
            raise Refused(
                "invalid_key", f"{self.base} refuses the user and password of the key file"
            ) from None
        raise SyncError(f"{self.base} answered {status}: it is no list of NCMEC's.") from None

    def changes(self, records: list[Any], summary: Summary) -> list[Change]:
        """What has neither a PDQ nor an MD5 (a PhotoDNA only) is not taken."""
        changes: list[Change] = []
        for update in records:
            name = f"ncmec:{update.member_id}-{update.id}"
            said = {kind.lower(): text.strip().lower() for kind, text in update.fingerprints.items()}
            pdq, md5 = said.get("pdq"), said.get("md5")
            if pdq is not None and is_pdq(pdq) and is_generic(pdq):
                summary.quarantined += 1
                summary.warn(f"a hash describes no picture, and was left out: {pdq}")
                pdq = None
            if update.deleted or not (pdq or md5):
                changes.append(Withdraw(name))
                continue
            entry = BankEntry(
                name,
                update.entry_type.value,
                f"NCMEC {printable(update.classification or '')[:40]}".strip(),
                origin="shared",
                md5=md5,
                pdq=(PdqValue(pdq, 100),) if pdq else (),
                source=self.base,
            )
            try:
                changes.append(Add(check_entry(entry)))
            except BadEntry as error:
                summary.skipped += 1
                summary.warn(f"an entry is malformed and was skipped: {printable(str(error))}")
        return changes


def is_pdq(text: str) -> bool:
    """Whether it is written as a PDQ is."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _as_local(at: int) -> float:
    """When it is here what it is then in UTC: the client writes local time as if it were UTC."""
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None).timestamp()
