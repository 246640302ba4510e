"""What the registry says of a site: how its pages speak, and how often it may be called on."""

from __future__ import annotations

from disrupt.hotline.common.outbound.pace import Manner
from disrupt.hotline.takedown.hosts import Place, take_apart
from disrupt.hotline.takedown.notices.languages import BadLanguage
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.takedown.registry.lines import Habits

_NONE = Habits()


def of_place(place: Place) -> Habits:
    """The habits of the site that a place is of; none where the registry cannot be read just now."""
    try:
        return registry().host(place).habits
    except (BadRegistry, BadLanguage):
        return _NONE


def of_url(url: str) -> Habits:
    return of_place(take_apart(url))


def manner_of(host: str) -> Manner | None:
    """How a host may be called on, where that was agreed otherwise than is usual."""
    return of_place(Place("", "", host, None, is_ip=False)).manner
