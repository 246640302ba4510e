"""Delivery reports (RFC 3464, RFC 6533) read as what they are: hostile mail, of which little is wanted."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# An older server gives only its reply code, in the diagnostic.
_REPLY = re.compile(r"\b([45])\d\d\b")
_STATUSES = {"message/delivery-status", "message/global-delivery-status"}
# Bounces of servers that know nothing of RFC 3464 (qmail, older Exim) are known by how they begin.
_PLAIN = re.compile(r"^Hi\. This is the qmail-send program|^X-Failed-Recipients:", re.MULTILINE)
_WHO = 80


class NotAReport(ValueError):
    """This mail is not a delivery status notification."""


@dataclass(frozen=True)
class Said:
    """What a report says of one recipient: the action, the status, and the server that says so."""

    action: str
    status: str
    server: str


def read(raw: bytes) -> list[Said]:
    """What a report says of each recipient. Raises NotAReport."""
    try:
        message = email.message_from_bytes(raw)
        if message.get_content_type() != "multipart/report":
            return _plain(message, raw)
        found = [said for part in message.walk() for said in _of_part(part)]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        if isinstance(error, NotAReport):
            raise
        raise NotAReport(f"It cannot be read: {type(error).__name__}") from error
    if not found:
        raise NotAReport("It has no delivery status.")
    return found


def permanent_failure(raw: bytes) -> str:
    """The status of a permanent failure that a report speaks of; "" if it is none. Raises NotAReport."""
    failed = (said for said in read(raw) if said.action == "failed" and said.status.startswith("5"))
    return next((said.status for said in failed), "")


def _plain(message: Message, raw: bytes) -> list[Said]:
    """A bounce in words only: that it is one, and the first status or reply that it quotes."""
    text = raw.decode("ascii", "replace").replace("\r\n", "\n")
    if message.is_multipart() or not _PLAIN.search(text):
        raise NotAReport("Not a multipart/report.")
    words = text.partition("\n\n")[2]
    return [Said("failed", _status("", words) or "5.0.0", "")]


def _of_part(part: Message) -> Iterator[Said]:
    """What a part with delivery statuses says of each recipient."""
    if part.get_content_type() not in _STATUSES:
        return
    blocks = list(_blocks(part))
    server = next((_name(block.get("Reporting-MTA")) for block in blocks if "Reporting-MTA" in block), "")
    for block in blocks:
        status = _status(str(block.get("Status", "")), str(block.get("Diagnostic-Code", "")))
        if status:
            action = str(block.get("Action", "")).partition("(")[0].strip().lower()
            yield Said(action, status, server)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields; the parser takes the older of the two types apart, of the other the first."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else []:
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            if isinstance(rest, str):
                yield from map(email.message_from_string, filter(None, re.split(r"\n\s*\n", rest.strip())))


def _status(told: str, diagnostic: str) -> str:
    """The enhanced status (RFC 3463): as told, as the diagnostic has it, or from its reply code."""
    for text in (told, diagnostic):
        if found := _STATUS.search(text):
            return found[1]
    reply = _REPLY.search(diagnostic)
    return f"{reply[1]}.0.0" if reply else ""


def _name(field: object) -> str:
    """The name of a server, without what kind of name it is."""
    return str(field or "").rpartition(";")[2].strip()[:_WHO]
