"""Which ways to recipients are out of date: what nobody has tested in time is likely to lead nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.recipients import BadRegistry, Registry, registry


@dataclass(frozen=True)
class Old:
    """A line of the registry; `search`: a search engine's form; `tested`: None, by nobody ever."""

    name: str
    search: bool
    tested: dt.date | None
    expired: dt.date | None


def out_of_date(known: Registry) -> list[Old]:
    """Lines of the hotline's own registry whose time is over, the oldest first; of the examples none."""
    today, examples = clock.now().date(), settings.RECIPIENTS_FILE is None
    hosts = [one for one in known.hosts if one.own or not examples]
    found = [Old(one.pattern, False, one.tested, one.expires) for one in hosts if one.expires <= today]
    found += [
        Old(one.name, True, one.tested, one.expires)
        for one in known.search
        if not examples and (one.expires is None or one.expires <= today)
    ]
    return sorted(found, key=lambda one: (one.expired or dt.date.min, one.name))


def how_many() -> int | None:
    """The same as a number; None where the file is not this process's to read."""
    try:
        return len(out_of_date(registry()))
    except BadRegistry:
        return None
