"""System checks of notices: recipients that cannot be used do not start, examples are warned of."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.takedown.recipients import BadRegistry, registry


@register(Tags.security)
def recipients_are_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """takedown.E001, E002, W001, W002: the registry; our own address; examples in service; operators told."""
    found: list[CheckMessage] = []
    try:
        if registry().fallback.tell_operator:
            found.append(
                checks.Warning(
                    "Where no neutral contact is known, notices go to whoever runs the site.",
                    hint="Set “tell_operator” to false in DISRUPT_RECIPIENTS_FILE (docs/law.md).",
                    id="takedown.W002",
                )
            )
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
