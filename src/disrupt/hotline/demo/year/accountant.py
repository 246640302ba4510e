"""The accountant: compares what each person should see with what the system says, without any of its code.

It knows what people and analysts did (their diary), what came by mail, what the feed says to a partner, and
what the status page says to each person. It reads rows and files by itself (`books`).
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property

import httpx

from disrupt.hotline.demo.year.diary import Diary, Line

# The headings that a person may read, by what happened to the item.
_FILE = {
    None: {"Received", "Being examined"},
    True: {
        "Being examined",
        "Illegal content",
        "Fingerprint made",
        "Ready for our partners",
    },
    False: {"Being examined", "We cannot act", "No intimate picture"},
}
_ADDRESS = {
    None: {"Received", "Being examined"},
    True: {
        "Being examined",
        "Illegal content",
        "Police notified",
        "Site notified",
        "Site reminded",
        "Removed",
        "Back online",
    },
    False: {"Being examined", "We cannot act", "No intimate picture"},
}
_TOLD = {"Site notified", "Site reminded", "Removed", "Back online"}
_ITEM = re.compile(r'<li class="item.*?<h2[^>]*>(.*?)</h2>.*?<strong[^>]*>(.*?)</strong>', re.DOTALL)
_URL = re.compile(r"https?://[^\s<>\"]*\w")
_TAG = re.compile(r"<[^>]+>")


@dataclass
class Findings:
    """What is wrong, by kind; nothing of it names what a person sent."""

    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.double or self.late or self.false)


def feed(exchange: str, key: str) -> list[dict[str, object]]:
    """Every change that a partner is told, from the beginning."""
    changes: list[dict[str, object]] = []
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60) as client:
        after = 0
        while True:
            page = client.get(f"{exchange}/v1/feed", params={"after": after}).raise_for_status().json()
            changes += page["changes"]
            after = page["next"]
            if not page["more"]:
                return changes


def words(exchange: str, key: str) -> int:
    """How many words of a partner the exchange says that it has kept."""
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60) as client:
        months = client.get(f"{exchange}/v1/figures").raise_for_status().json()["months"]
    return sum(month["blocked"] + month["disputed"] for month in months)


def active(changes: Iterable[Mapping[str, object]]) -> Counter[str]:
    """How often each SHA-256 stands on the list."""
    there: dict[object, str] = {}
    for change in changes:
        if change["action"] == "withdrawn":
            there.pop(change["id"], None)
        else:
            there[change["id"]] = str(change.get("sha256", ""))
    return Counter(there.values())


def mail_twice(messages: Iterable[EmailMessage]) -> Iterator[str]:
    """Letters that came twice."""
    seen = Counter((str(message["To"]), str(message["Message-ID"])) for message in messages)
    for (to, _id), count in seen.items():
        if count > 1:
            yield f"a letter to {to} came {count} times"


def shown(page: str) -> list[tuple[str, str]]:
    """Kind and heading of each item of a status page."""
    found = _ITEM.findall(page)
    return [(_plain(name), _plain(heading)) for name, heading in found]


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


@dataclass
class Accountant:
    """Judges everybody's line. `status` opens a report by its code: its page, or None."""

    diary: Diary
    letters: Iterable[str]
    listed: Counter[str]
    status: Callable[[Line], str | None]

    def judge(self) -> Findings:
        """Go through all people."""
        found = Findings()
        for line in self.diary.lines.values():
            if line.code:
                self._one(line, found)
        self._list(found)
        return found

    def _one(self, line: Line, found: Findings) -> None:
        page = self.status(line)
        if page is None or line.erased:
            if page is not None:
                found.late.append(f"person {line.person} deleted the report, and it opens")
            elif not line.erased:
                found.lost.append(f"person {line.person}: no report answers to the code")
            return
        items = shown(page)
        should = bool(line.sha256) + len(line.urls)
        if len(items) != should:
            kind = found.lost if len(items) < should else found.double
            kind.append(f"person {line.person} sent {should} thing(s), and sees {len(items)}")
        for name, heading in items:
            self._sentence(line, name, heading, found)

    def _sentence(self, line: Line, name: str, heading: str, found: Findings) -> None:
        if line.withdrew:
            if heading != "Cancelled":
                found.false.append(f"person {line.person} took everything back, and reads “{heading}”")
            return
        is_file = not name.startswith("Address")
        verdict = self._of_file(line) if is_file else line.verdicts.get("address")
        allowed = (_FILE if is_file else _ADDRESS)[verdict]
        if heading not in allowed and not heading.startswith("With "):
            found.false.append(f"person {line.person}: {name} reads “{heading}”, and was decided {verdict}")
        if heading in _TOLD and self._told.isdisjoint(line.urls):
            found.false.append(f"person {line.person} reads “{heading}”, and no site was written to")

    def wants(self, line: Line) -> bool:
        """Whether the file is to be on the list for this person's sake."""
        return bool(self._of_file(line)) and not line.withdrew and not line.erased

    @cached_property
    def _told(self) -> set[str]:
        """The addresses of which anybody was written."""
        return {url for words in self.letters for url in _URL.findall(words)}

    def _of_file(self, line: Line) -> bool | None:
        """What was decided on it: the very same file of another person is decided with it."""
        if "file" in line.verdicts:
            return line.verdicts["file"]
        return self._decided.get(line.sha256)

    @cached_property
    def _decided(self) -> dict[str, bool]:
        """The first verdict on each file."""
        found: dict[str, bool] = {}
        for line in self.diary.lines.values():
            if "file" in line.verdicts:
                found.setdefault(line.sha256, line.verdicts["file"])
        return found

    def _list(self, found: Findings) -> None:
        """The list holds each file that was found illegal and not taken back, once, and no other."""
        lines = [line for line in self.diary.lines.values() if line.sha256]
        wanted = {line.sha256 for line in lines if self.wants(line)}
        for sha256, count in self.listed.items():
            if sha256 not in wanted:
                found.late.append("a fingerprint is on the list that nobody wants there")
            if count > 2:  # one for adults' reports, one where somebody said that a minor is shown
                found.double.append(f"a fingerprint stands {count} times on the list")
        missing = wanted - set(self.listed)
        if missing:
            found.lost.append(f"{len(missing)} fingerprint(s) of illegal files are not on the list")
