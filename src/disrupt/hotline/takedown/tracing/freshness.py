"""Which ways to recipients are out of date: what nobody has tested in time is likely to lead nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.recipients import BadRegistry, registry


@dataclass(frozen=True)
class Old:
    """A line of the registry; `search`: a search engine's form; `tested`: None, by nobody ever."""

    name: str
    search: bool
    tested: dt.date | None
    expired: dt.date | None


def out_of_date() -> list[Old]:
    """Lines of the hotline's own registry whose time is over, the oldest first; of the examples none.

    Raises BadRegistry.
    """
    if settings.RECIPIENTS_FILE is None:
        return []
    today, known = clock.now().date(), registry()
    found = [Old(one.pattern, False, one.tested, one.expires) for one in known.hosts if one.expires <= today]
    found += [
        Old(one.name, True, one.tested, one.expires)
        for one in known.search
        if one.expires is None or one.expires <= today
    ]
    return sorted(found, key=lambda one: (one.expired or dt.date.min, one.name))


def how_many() -> int | None:
    """The same as a number; None where the file is not this process's to read."""
    try:
        return len(out_of_date())
    except BadRegistry:
        return None
