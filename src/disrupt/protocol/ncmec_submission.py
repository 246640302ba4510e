"""Entries that a member submits or retracts, in the XML in which NCMEC's hash sharing gives entries out.

The public client reads entries and speaks back about them, and cannot submit any. What it is able to read as
the answer to an update (`UpdateEntryResponse`) is a list like any other: so that is what is taken here.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from disrupt.protocol.ncmec import BadNcmec, local, read_xml

MOST_SUBMITTED = 5000
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_VALUES = {"pdq": re.compile("[0-9a-f]{64}"), "md5": re.compile("[0-9a-f]{32}")}
USED = {"image": "pdq", "video": "md5"}
"""Which fingerprint of each kind says something here; others may stand beside it."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """One entry under the member's own id; `value` is None where it is retracted."""

    kind: str
    id: str
    value: str | None
    classification: str = ""


def read_submission(body: bytes) -> tuple[Submitted, ...]:
    """The entries of a body, the last word on each id. Raises BadNcmec, which names the entry."""
    root = read_xml(body)
    lists = [local(one.tag) for one in root]
    if not lists or set(lists) - {"images", "videos"} or len(lists) != len(set(lists)):
        raise BadNcmec("The body holds images, videos, or both.")
    found = [_entry(one, number) for number, one in enumerate(_entries(root), 1)]
    if not 1 <= len(found) <= MOST_SUBMITTED:
        raise BadNcmec(f"A submission has 1 to {MOST_SUBMITTED} entries; this one has {len(found)}.")
    return tuple({one.id: one for one in found}.values())


def _entries(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    for listed in root:
        kind = local(listed.tag).removesuffix("s")
        for one in listed:
            yield kind, one


def _entry(what: tuple[str, ET.Element], number: int) -> Submitted:
    kind, one = what
    tag, where = local(one.tag), f"entry {number}"
    if tag not in (kind, f"deleted{kind.title()}"):
        raise BadNcmec(f"{where}: {kind}s holds {kind} and deleted{kind.title()}.")
    name = _text(one, "id")
    if not _ID.fullmatch(name):
        raise BadNcmec(f"{where}: an id is 1 to 64 letters, digits and .:_-")
    if tag != kind:
        return Submitted(kind, name, None)
    word = _text(one, "classification")
    if word and not _WORD.fullmatch(word):
        raise BadNcmec(f"{where}: a classification is one word.")
    sign = USED[kind]
    prints = [child for part in one if local(part.tag) == "fingerprints" for child in part]
    values = [(child.text or "").strip().lower() for child in prints if local(child.tag) == sign]
    if len(values) != 1 or not _VALUES[sign].fullmatch(values[0]):
        raise BadNcmec(f"{where}: of a {kind}, one {sign} is needed.")
    return Submitted(kind, name, values[0], word)


def _text(one: ET.Element, name: str) -> str:
    return next(((part.text or "").strip() for part in one if local(part.tag) == name), "")
