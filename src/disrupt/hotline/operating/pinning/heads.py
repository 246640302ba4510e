"""The signed head of all ledgers, as a file that proves later what they were today (docs/adr/0097)."""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path

from django.conf import settings

from disrupt.hotline.cases import anchoring
from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound.mail import mail
from disrupt.hotline.common.store.files import write_private
from disrupt.hotline.exchange.proving.proofs import signed_head
from disrupt.protocol.signed_log import LEDGERS


def write(folder: Path) -> Path:
    """Write today's head, of all that was pinned by the last full hour."""
    size, root, _proof = anchoring.tree()
    path = folder / f"ledgers-{clock.now():%Y-%m-%d}.json"
    write_private(path, json.dumps(signed_head(size, root, LEDGERS).to_wire(), indent=1).encode() + b"\n")
    return path


def send(path: Path, to: str) -> None:
    """Mail it to whoever keeps it. Raises OutboundError, BadAddress."""
    message = EmailMessage()
    message["From"], message["To"] = settings.HOTLINE_EMAIL, to
    message["Subject"] = f"Disrupt: {path.stem}"
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=settings.HOTLINE_EMAIL.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("Keep this file: `disrupt-hotline verify-ledger --against` compares with it.\n")
    message.add_attachment(path.read_bytes(), "application", "json", filename=path.name)
    with mail() as session:
        session.envelope(settings.HOTLINE_EMAIL, to)
        session.transmit(message.as_bytes(policy=SMTP))
