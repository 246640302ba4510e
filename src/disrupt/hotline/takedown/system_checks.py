"""System checks of notices: recipients that cannot be used do not start, examples are warned of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.common.outbound.egress import BadEgress, read_egress
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.recipients import BadRegistry, from_file
from disrupt.hotline.takedown.tracing import delivery
from disrupt.hotline.takedown.tracing.freshness import out_of_date

STALE = dt.timedelta(days=180)


@register(Tags.security)
def recipients_are_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """takedown.E001 to E004, W001 to W005: recipients, addresses, languages, operators, what is old."""
    found: list[CheckMessage] = []
    try:
        languages.known()
    except languages.BadLanguage as error:
        return [Error(str(error), hint="Correct it (docs/law.md).", id="takedown.E003")]
    try:
        read_egress(settings.SECOND_EGRESS)
    except BadEgress as error:
        found.append(Error(str(error), hint="Correct DISRUPT_SECOND_EGRESS.", id="takedown.E004"))
    try:
        if from_file().fallback.tell_operator:
            found.append(
                checks.Warning(
                    "Where no neutral contact is known, notices go to whoever runs the site.",
                    hint="Set “tell_operator” to false in DISRUPT_RECIPIENTS_FILE (docs/law.md).",
                    id="takedown.W002",
                )
            )
        found += _stale()
    except BadRegistry as error:
        found.append(Error(str(error), hint="Correct DISRUPT_RECIPIENTS_FILE.", id="takedown.E001"))
    try:
        check_address(settings.HOTLINE_EMAIL)
    except BadAddress as error:
        found.append(Error(str(error), hint="Correct DISRUPT_HOTLINE_EMAIL.", id="takedown.E002"))
    if settings.RECIPIENTS_FILE is None and not settings.INSECURE_LOOPBACK:
        found.append(
            checks.Warning(
                "The recipients of notices are the packaged examples, and claim trusted flagger status.",
                hint="Write your own and set DISRUPT_RECIPIENTS_FILE (docs/law.md).",
                id="takedown.W001",
            )
        )
    return found


def _stale() -> list[CheckMessage]:
    """Of data about others, what nobody has tested in time: half a year, or what the line says."""
    found: list[CheckMessage] = []
    before, late = clock.now().date() - STALE, out_of_date(from_file())
    old = [one.name for one in late if not one.search]
    if old:
        found.append(
            checks.Warning(
                f"Recipients that nobody has tested in time: {', '.join(old[:5])}.",
                hint="Test them, and date them in DISRUPT_RECIPIENTS_FILE.",
                id="takedown.W003",
            )
        )
    engines = [one.name for one in late if one.search]
    if engines:
        found.append(
            checks.Warning(
                f"Forms of search engines that nobody has tested in time: {', '.join(engines[:5])}.",
                hint="Test them, and date them in DISRUPT_RECIPIENTS_FILE.",
                id="takedown.W005",
            )
        )
    if delivery.known().checked_on < before and not settings.INSECURE_LOOPBACK:
        found.append(
            checks.Warning(
                "The ranges of content delivery networks are older than half a year.",
                hint="Compare data/networks-*.json with the lists that the networks publish.",
                id="takedown.W004",
            )
        )
    return found
