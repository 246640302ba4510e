"""Which notice a mail is about: by its return address, by the Message-IDs it names, by a reference."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re

from django.conf import settings

from disrupt.hotline.common import clock, keys
from disrupt.hotline.takedown.models import Notice

_RETURN = re.compile(r"\+(n-[0-9a-f]{12})\.([0-9a-f]{16})@", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,200}>")
_REFERENCE = re.compile(r"\bN-[0-9A-F]{12}\b")


def return_address(notice: Notice) -> str:
    """Where a notice comes back to: a name that nobody can make up (VERP), if there is a mailbox."""
    if not settings.ANSWERS_EMAIL:
        return str(settings.HOTLINE_EMAIL)
    local, _at, domain = settings.ANSWERS_EMAIL.rpartition("@")
    return f"{local}+{notice.reference.lower()}.{_mac(notice.reference)}@{domain}"


# So long after it was sent a notice can be answered on the page.
ANSWERED_WITHIN = dt.timedelta(days=90)


def key_of(notice: Notice) -> str:
    """What opens the page of a notice's answers."""
    return f"{notice.reference}.{_mac(notice.reference, 'page')}"


def link_of(notice: Notice) -> str:
    """The address of that page; "" where there is none."""
    return f"{settings.ANSWERS_URL.rstrip('/')}/a/{key_of(notice)}/" if settings.ANSWERS_URL else ""


def notice_by_key(key: str) -> Notice | None:
    """The message that a key is for; None for a key that was made up, or is too old."""
    reference, _dot, mac = key.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(reference, "page").encode()):
        return None
    notice = Notice.objects.select_related("target", "within").filter(reference=reference).first()
    if notice is None or notice.sent_at is None or clock.now() - notice.sent_at > ANSWERED_WITHIN:
        return None
    return _leading(notice)


def _mac(reference: str, use: str = "return") -> str:
    text = f"{use}:{reference.upper()}".encode("utf-8", "replace")
    digest = hmac.digest(keys.address_key(), text, hashlib.sha256).hex()
    return digest[:16] if use == "return" else digest[:32]


def notice_by_return_address(text: str) -> Notice | None:
    """The message whose return address stands in a mail; one that was made up names none."""
    for reference, mac in _RETURN.findall(text):
        if hmac.compare_digest(mac.lower(), _mac(reference)):
            found = Notice.objects.select_related("target", "within").filter(reference=reference.upper())
            return _leading(found.first())
    return None


def notice_of(text: str) -> Notice | None:
    """The message that a mail is about: by its return address, else by what it names."""
    returned = notice_by_return_address(text)
    if returned is not None:
        return returned
    found = Notice.objects.select_related("target", "within")
    named = _MESSAGE_ID.findall(text)[:50]
    notice = found.filter(message_id__in=named).order_by("-sent_at").first() if named else None
    if notice is None:
        quoted = _REFERENCE.findall(text)[:50]
        notice = found.filter(reference__in=quoted, step="host").first() if quoted else None
    return _leading(notice)


def _leading(notice: Notice | None) -> Notice | None:
    return (notice.within or notice) if notice is not None else None
