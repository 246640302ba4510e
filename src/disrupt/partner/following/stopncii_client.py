"""Reading a list over the StopNCII protocol into a bank, with withdrawals that work (`sync --protocol`).

The protocol gives hashes only: a PDQ of a picture or the MD5 of a film, made on people's own devices. Nobody
has examined them, so that their entries are `declared`, and ask for a look before anything is blocked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from disrupt.matching import Add, BankEntry, Change, PdqValue, Withdraw
from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.following.listing import ListClient
from disrupt.partner.following.summary import Summary
from disrupt.protocol.generic import is_generic
from disrupt.protocol.stopncii import DEFAULT_PAGE_SIZE, MAX_POSTED, Signal, Status

FIRST = 10
"""The timestamp with which a first fetch starts."""
CATEGORY = "ncii"
_GONE = {Status.WITHDRAWN.value, "Deleted"}
_HASHES = {
    Signal.IMAGE_PDQ.value: re.compile(r"[0-9a-f]{64}"),
    Signal.VIDEO_MD5.value: re.compile(r"[0-9a-f]{32}"),
}
_MOST_PAGES = 100_000


class StopNciiClient(ListClient):
    """One list; the key is `fetch-key,subscription-key`, or one for both."""

    first = FIRST

    def __post_init__(self) -> None:
        super().__post_init__()
        fetch, _, subscription = self.key.partition(",")
        del self._http.headers["Authorization"]
        self._http.headers.update(
            {"x-functions-key": fetch, "Ocp-Apim-Subscription-Key": subscription or fetch}
        )

    def pages(self, since: int) -> Iterator[tuple[list[Mapping[str, Any]], int]]:
        """The records of each page, and the timestamp to go on from. Raises SyncError."""
        token, at = "", since
        for _ in range(_MOST_PAGES):
            query: dict[str, int | str] = {"startTimestamp": since, "pageSize": DEFAULT_PAGE_SIZE}
            value = self.ask("/FetchHashes", **query | ({"nextPageToken": token} if token else {}))
            records, following, more, after = self._read(value)
            if following < at:
                raise SyncError(
                    f"{self.base} went back from {at} to {following}: nothing of that page was applied."
                )
            yield records, following
            if not more:
                return
            if not after or after == token:
                raise SyncError(f"{self.base} says that there is more, and not where.")
            token, at = after, following
        raise SyncError(f"{self.base} sends pages without end: stopped.")

    def changes(self, records: list[Mapping[str, Any]], summary: Summary) -> list[Change]:
        """What the records say; what is neither a PDQ nor a film's MD5 is passed over."""
        changes: list[Change] = []
        for record in records:
            signal, value, status = (record.get(name) for name in ("signalType", "hashValue", "hashStatus"))
            pattern = _HASHES.get(signal) if isinstance(signal, str) else None
            if pattern is None:
                continue  # a text, an address, a TMK: nothing here compares them
            if not isinstance(value, str) or not pattern.fullmatch(value) or not isinstance(status, str):
                summary.skipped += 1
                summary.warn(f"a record is malformed and was skipped: {str(value)[:80]!r}")
                continue
            picture = signal == Signal.IMAGE_PDQ
            if status in _GONE:
                changes.append(Withdraw(_id(value)))
            elif picture and is_generic(value):
                summary.quarantined += 1
                summary.warn(f"a hash describes no picture, and was left out: {value}")
            else:
                changes.append(
                    Add(
                        BankEntry(
                            _id(value),
                            "image" if picture else "video",
                            CATEGORY,
                            md5=None if picture else value,
                            pdq=(PdqValue(value, 100),) if picture else (),
                            source=self.base,
                        )
                    )
                )
        return changes

    def _read(self, value: Any) -> tuple[list[Mapping[str, Any]], int, bool, str]:
        page = value if isinstance(value, Mapping) else {}
        records, following = page.get("hashRecords"), page.get("nextSetTimestamp")
        if not isinstance(records, list) or type(following) is not int or len(records) > MAX_POSTED:
            raise SyncError(f"{self.base} does not speak the StopNCII protocol.")
        token = page.get("nextPageToken")
        told = [record for record in records if isinstance(record, Mapping)]
        return told, following, page.get("hasMoreRecords") is True, token if isinstance(token, str) else ""


def _id(value: str) -> str:
    return f"stopncii:{value}"
