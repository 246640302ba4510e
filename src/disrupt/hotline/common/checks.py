"""System checks with stable ids: an unsafe configuration does not start."""

from __future__ import annotations

import datetime as dt
import ipaddress
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from disrupt.hotline.common import opening, quiet


@register(Tags.security)
def keys_are_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E001: a key that others can read."""
    errors: list[CheckMessage] = []
    folder = Path(settings.KEYS_FOLDER)
    for path in sorted(folder.rglob("*")) if folder.exists() else []:
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            errors.append(
                Error(f"{path.name} can be read by others.", hint=f"chmod 600 {path}", id="common.E001")
            )
    return errors


@register(Tags.security)
def no_debug_and_no_moved_clock(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E002, common.E003: debug mode; a clock that can be moved."""
    errors: list[CheckMessage] = []
    if settings.DEBUG:
        errors.append(
            Error("DEBUG shows case data in error pages.", hint="Set DEBUG = False.", id="common.E002")
        )
    if settings.CLOCK_FILE is not None and not settings.INSECURE_LOOPBACK:
        errors.append(
            Error(
                "A movable clock is for demonstrations on loopback.",
                hint="Unset DISRUPT_CLOCK_FILE.",
                id="common.E003",
            )
        )
    return errors


@register(Tags.security)
def plain_http_is_loopback_only(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E004: cookies without Secure on a name that is not this machine."""
    if not settings.INSECURE_LOOPBACK:
        return []
    strangers = set(settings.ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "[::1]", "testserver"}
    if strangers:
        return [
            Error(
                f"Plain HTTP is allowed on loopback only, not on {', '.join(sorted(strangers))}.",
                hint="Unset DISRUPT_INSECURE_LOOPBACK and put a TLS proxy in front.",
                id="common.E004",
            )
        ]
    return []


@register(Tags.security)
def quiet_hours_are_hours(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E006: quiet hours that cannot be read."""
    try:
        quiet.hours()
    except quiet.BadQuietHours as error:
        return [Error(str(error), hint="Correct DISRUPT_QUIET_HOURS.", id="common.E006")]
    return []


@register(Tags.security)
def team_hours_are_hours(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E010: hours of the team, or of looking, that cannot be read."""
    try:
        opening.team()
        opening.looks(getattr(settings, "LOOK_HOURS", ""))
    except opening.BadOpeningHours as error:
        hint = "Correct DISRUPT_TEAM_HOURS or DISRUPT_LOOK_HOURS."
        return [Error(str(error), hint=hint, id="common.E010")]
    return []


_RETENTIONS = {
    "KEEP_PERSONAL_DATA": "DISRUPT_KEEP_PERSONAL_DATA_HOURS",
    "KEEP_ABANDONED": "DISRUPT_KEEP_ABANDONED_HOURS",
    "KEEP_WITHDRAWN": "DISRUPT_WITHDRAWN_DAYS",
    "KEEP_OPEN": "DISRUPT_OPEN_DAYS",
    "KEEP_PROOFS": "DISRUPT_PROOF_DAYS",
    "KEEP_PARTNERS_WORDS": "DISRUPT_PARTNERS_WORDS_DAYS",
}
_NOTHING, _LONGEST = dt.timedelta(), dt.timedelta(days=3660)


@register(Tags.security)
def retentions_end(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E007: a time of retention that lies in the past, or never comes."""
    return [
        Error(
            f"{variable} is negative, or more than ten years.",
            hint="Give a time from 0 on; docs/operating.md says what each is for.",
            id="common.E007",
        )
        for name, variable in _RETENTIONS.items()
        if not _NOTHING <= getattr(settings, name) <= _LONGEST
    ]


@register(Tags.security)
def proxies_are_networks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E005: a proxy that is not named by its address."""
    errors: list[CheckMessage] = []
    for text in settings.PROXIES:
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            errors.append(
                Error(
                    f"{text!r} in DISRUPT_PROXIES is no address and no network.",
                    hint="Name the proxy's address, e.g. 192.0.2.1 or 192.0.2.0/24.",
                    id="common.E005",
                )
            )
    return errors


@register(Tags.security)
def maildirs_are_two(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """common.E011: what comes back to reporters' mail and to notices is delivered to one folder."""
    if settings.BOUNCE_MAILDIR is not None and settings.BOUNCE_MAILDIR == settings.ANSWERS_MAILDIR:
        return [
            Error(
                "Mail to two return addresses arrives in one Maildir: what is about a notice would be deleted"
                " as a report that names no letter.",
                hint="Give DISRUPT_BOUNCE_MAILDIR and DISRUPT_ANSWERS_MAILDIR a folder each.",
                id="common.E011",
            )
        ]
    return []
