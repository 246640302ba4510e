"""Alarms reach a person: by mail, by a signed webhook, or both; each once until it has ended."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from django.conf import settings

from disrupt.hotline.common import clock
from disrupt.hotline.common.models import Pulse
from disrupt.hotline.common.outbound import hook
from disrupt.hotline.common.outbound.mail import BadAddress, OutboundError, mail
from disrupt.hotline.common.running import pulse
from disrupt.hotline.operating.alarms import Alarm

log = logging.getLogger(__name__)


def tell_what_is_new(raised: Iterable[Alarm]) -> list[str]:
    """Tell of alarms that began and of those that ended since the last time; return the lines that were told.

    What could not be told is told the next time.
    """
    before = Pulse.objects.filter(name="alarms").first()
    known: dict[str, str] = before.says.get("told", {}) if before else {}
    now = {alarm.kind: alarm.text for alarm in raised}
    lines = [f"ALARM {kind}: {text}" for kind, text in now.items() if kind not in known]
    lines += [f"ended {kind}: {text}" for kind, text in known.items() if kind not in now]
    if lines and not send(lines):
        return []
    pulse.feel("alarms", {"told": now})
    return lines


def send(lines: list[str]) -> bool:
    """Whether everybody who is to be told was told."""
    told = True
    if settings.ALERT_EMAIL:
        told &= _by_mail(lines)
    if settings.ALERT_WEBHOOK:
        told &= _by_hook(lines)
    return told


def _by_mail(lines: list[str]) -> bool:
    message = EmailMessage()
    message["From"], message["To"] = settings.HOTLINE_EMAIL, settings.ALERT_EMAIL
    message["Subject"] = f"Disrupt: {lines[0]}"[:120]
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=settings.HOTLINE_EMAIL.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(lines) + "\n\nRun `disrupt-hotline status` to see everything.\n")
    try:
        with mail() as session:
            session.envelope(settings.HOTLINE_EMAIL, settings.ALERT_EMAIL)
            session.transmit(message.as_bytes(policy=SMTP))
    except (OutboundError, BadAddress) as error:
        log.error("alarms could not be told by mail: %s", type(error).__name__)
        return False
    return True


def _by_hook(lines: list[str]) -> bool:
    body = json.dumps({"at": clock.now().isoformat(), "lines": lines}).encode()
    mac = hmac.new(settings.ALERT_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    try:
        hook.post(settings.ALERT_WEBHOOK, body, {"X-Disrupt-Signature": f"sha256={mac}"})
    except hook.HookFailed as error:
        log.error("alarms could not be told by webhook: %s", error)
        return False
    return True
