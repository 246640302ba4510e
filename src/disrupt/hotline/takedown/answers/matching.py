"""Which notice a mail is about: by its return address, by the Message-IDs it names, by a reference."""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings

from disrupt.hotline.common import keys
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


def _mac(reference: str) -> str:
    return hmac.digest(keys.address_key(), b"return:" + reference.upper().encode(), hashlib.sha256).hex()[:16]


def notice_of(text: str) -> Notice | None:
    """The message that a mail is about; a return address that was made up names none."""
    found = Notice.objects.select_related("target", "within")
    for reference, mac in _RETURN.findall(text):
        if hmac.compare_digest(mac.lower(), _mac(reference)):
            return _leading(found.filter(reference=reference.upper()).first())
    named = _MESSAGE_ID.findall(text)[:50]
    notice = found.filter(message_id__in=named).order_by("-sent_at").first() if named else None
    if notice is None:
        quoted = _REFERENCE.findall(text)[:50]
        notice = found.filter(reference__in=quoted, step="host").first() if quoted else None
    return _leading(notice)


def _leading(notice: Notice | None) -> Notice | None:
    return (notice.within or notice) if notice is not None else None
