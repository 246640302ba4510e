"""The StopNCII protocol from its other end: a client that reads as the public one does, and its posts."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from tests.hotline.exchange.conftest import Fetch, hex_of


class Reader:
    """Reads as the public client does: keeps the latest record of each hash and the last checkpoint."""

    def __init__(self, fetch: Fetch, page_size: int = 800) -> None:
        self.fetch, self.page_size, self.start = fetch, page_size, 10
        self.had: dict[str, str] = {}
        self.pages: list[Any] = []
        self.careful = True

    def page(self, token: str | None = None) -> Any:
        more = {"nextPageToken": token} if token else {}
        page = self.fetch(self.start, pageSize=self.page_size, **more)
        assert page["count"] == len(page["hashRecords"])
        assert page["hasMoreRecords"] == bool(page["nextPageToken"])
        assert not self.pages or page["nextSetTimestamp"] >= self.pages[-1]["nextSetTimestamp"]
        times = [record["lastModtimestamp"] for record in page["hashRecords"]]
        assert times == sorted(times)
        self.pages.append(page)
        for record in page["hashRecords"]:
            if record["hashStatus"] == "Withdrawn" and self.careful:
                assert record["hashValue"] in self.had, "told of a withdrawn hash that it never had"
            self.had[record["hashValue"]] = record["hashStatus"]
        return page

    def read(self, stop_after: int | None = None) -> None:
        """A whole fetch, or one cut off after some pages; the next resumes from its checkpoint."""
        page = self.page()
        pages = 1
        while page["hasMoreRecords"] and pages != stop_after:
            page = self.page(page["nextPageToken"])
            pages += 1
        self.start = page["nextSetTimestamp"]

    @property
    def active(self) -> set[str]:
        return {value for value, status in self.had.items() if status == "Active"}


def pdq_of(name: object) -> str:
    return hex_of(("pdq", name))


def post(client: Client, secret: str, name: str, body: object) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {"x-functions-key": secret}
    return client.post(f"/stopncii/v1/{name}", text, content_type="application/json", headers=headers)


def hashes(*values: str, signal: str = "StopNCIISignalType.ImagePDQ", opinion: str = "Blocked") -> Any:
    said = [{"feedbackValue": opinion, "tags": ["b", "a", "a"]}]
    records = [
        {"lastModtimestamp": 1, "signalType": signal, "hashValue": v, "CSPFeedbacks": said} for v in values
    ]
    return {"count": len(records), "hashRecords": records}


def feedback(*values: str, opinion: str = "Blocked") -> Any:
    records = [{"hashValue": v, "feedbackValue": opinion, "tags": []} for v in values]
    return {"count": len(records), "hashFeedbacks": records}
