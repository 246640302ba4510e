"""Delivery reports (RFC 3464) read as what they are: hostile mail, of which only a status is wanted."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import Message

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class NotAReport(ValueError):
    """This mail is not a delivery status notification."""


def permanent_failure(raw: bytes) -> str:
    """The status of a permanent failure that a report speaks of; "" if it is none. Raises NotAReport."""
    try:
        message = email.message_from_bytes(raw)
        if message.get_content_type() != "multipart/report":
            raise NotAReport("Not a multipart/report.")
        statuses = [block for part in message.walk() for block in _status_blocks(part)]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise NotAReport(f"It cannot be read: {type(error).__name__}") from error
    if not statuses:
        raise NotAReport("It has no delivery status.")
    failed = (status for action, status in statuses if action == "failed" and status.startswith("5"))
    return next(failed, "")


def _status_blocks(part: Message) -> Iterator[tuple[str, str]]:
    """(action, status) of each recipient that a message/delivery-status part speaks of."""
    if part.get_content_type() != "message/delivery-status":
        return
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else []:
        if not isinstance(block, Message):
            continue
        status = _STATUS.search(str(block.get("Status", "")))
        if status:
            yield str(block.get("Action", "")).strip().lower(), status[1]
