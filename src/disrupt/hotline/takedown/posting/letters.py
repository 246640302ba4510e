"""The bytes of one e-mail (RFC 5322) from a composed notice; no value in it can add a header.

There is no `Auto-Submitted` (RFC 3834): a person decided on it, and the header would suppress the receipts
that Article 16(4) DSA owes, or have a help desk set the mail aside.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from django.conf import settings

from disrupt.hotline.common.outbound import check_address, one_line
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import Composed
from disrupt.hotline.takedown.notices.document import document
from disrupt.hotline.takedown.planning.history import first_of

# 7-bit only, so that no server on the way re-encodes the evidence; long URLs are folded by quoted-printable.
_POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=True, max_line_length=78)


class Attached(NamedTuple):
    """A file that goes with a message."""

    name: str
    maintype: str
    subtype: str
    data: bytes


def _xarf(composed: Composed, at: dt.datetime) -> list[Attached]:
    """What a host's programs read first (RFC 5965): the kind of report, and the reports themselves."""
    if not composed.xarf:
        return []
    fields = (
        "Feedback-Type: xarf",
        "User-Agent: Disrupt",
        "Version: 1",
        f"Arrival-Date: {format_datetime(at)}",
    )
    head = "".join(f"{field}\r\n" for field in fields).encode()
    files = [Attached("", "message", "feedback-report", head)]
    for number, report in enumerate(composed.xarf, 1):
        data = json.dumps(report, ensure_ascii=False, indent=1).encode()
        files.append(Attached(f"xarf-{number}.json", "application", "json", data))
    return files


def letter(
    notice: Notice,
    composed: Composed,
    at: dt.datetime,
    *,
    anonymous: bool,
    more: Sequence[Attached] = (),
) -> bytes:
    """The message, with more files where there are some. The same arguments give the same bytes.

    Raises BadAddress.
    """
    sender = check_address(settings.HOTLINE_EMAIL)
    message = EmailMessage(policy=_POLICY)
    name = "" if anonymous else one_line(settings.HOTLINE_NAME, 120)
    local, _, domain = sender.rpartition("@")
    message["From"] = Address(name, local, domain)
    message["To"] = check_address(notice.address)
    message["Subject"] = composed.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = notice.message_id
    first = first_of(notice)
    if first is not None and first.message_sha256:
        message["In-Reply-To"] = first.message_id
        message["References"] = first.message_id
    message["X-Disrupt-Reference"] = first.reference if first else notice.reference
    message.set_content(composed.body, charset="utf-8", cte="quoted-printable")
    data = json.dumps(composed.attachment, ensure_ascii=False, indent=1).encode()
    paper = document(composed, notice.language, at)
    reports = _xarf(composed, at)
    files = [
        *reports,
        Attached("notice.json", "application", "json", data),
        Attached(f"{notice.reference}.pdf", "application", "pdf", paper),
        *more,
    ]
    for one in files:
        if one.maintype == "message":
            message.add_attachment(one.data, maintype=one.maintype, subtype=one.subtype, cte="7bit")
            continue
        message.add_attachment(
            one.data, maintype=one.maintype, subtype=one.subtype, filename=one.name, cte="base64"
        )
    if reports:
        message.replace_header("Content-Type", "multipart/report; report-type=feedback-report")
    # After the parts: adding one moves the Content-* headers of a message into its first part.
    message["Content-Language"] = notice.language
    # The default boundary is random; the reference makes it the same each time and cannot occur in the parts.
    message.set_boundary(f"=_{notice.reference}")
    return message.as_bytes()
