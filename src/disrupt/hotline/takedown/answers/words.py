"""The words of a mail, and nothing else of it: no attachment is decoded, no markup is kept."""

from __future__ import annotations

import email
import email.policy
from email.message import Message
from email.utils import parseaddr

from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.checks.page import decoded, read

LONGEST = 20_000
_MOST_PARTS = 50


def head(raw: bytes) -> Message:
    """The head of a mail; what cannot be read is an empty one."""
    first = raw.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    try:
        return email.message_from_bytes(first + b"\n\n")
    except (ValueError, LookupError, TypeError, RecursionError):
        return Message()


def sender_of(found: Message) -> str:
    """The address that it says it is from."""
    try:
        return one_line(parseaddr(str(found.get("From", "")))[1], 254)
    except (ValueError, TypeError, IndexError, RecursionError):
        return ""


def text_of(raw: bytes) -> tuple[str, int]:
    """The first text of a mail, plain if there is one, and how many parts were left as they are."""
    plain, marked, dropped = "", "", 0
    try:
        parts = [part for part in email.message_from_bytes(raw).walk() if not part.is_multipart()]
        for part in parts[:_MOST_PARTS]:
            kind = part.get_content_type()
            if part.get_filename() or not kind.startswith("text/"):
                dropped += 1
            elif kind == "text/plain" and not plain:
                plain = _decoded(part)
            elif kind == "text/html" and not marked:
                marked = read(_decoded(part).encode(), "text/html; charset=utf-8", "").text
        dropped += max(0, len(parts) - _MOST_PARTS)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return "", 1
    return clean(plain or marked), dropped


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return decoded(raw, part.get_content_charset() or "utf-8")


def clean(text: str, longest: int = LONGEST) -> str:
    """Lines without control characters, as many as a person reads."""
    lines = text[: 4 * longest].replace("\r\n", "\n").split("\n")
    return "\n".join(one_line(line, 2000) for line in lines)[:longest].strip()
