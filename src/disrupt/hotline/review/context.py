"""What every page of the console shows: the hotline's name, one's hours, one's rights, what can be undone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import permissions_of
from disrupt.hotline.review import queries
from disrupt.hotline.review.seeing import exposure

# Which word of the main menu a page is under, by how its address begins; what is one's own is under none.
_PLACES = {
    "messages": "messages",
    "takedown": "notices",
    **dict.fromkeys(("figures", "agreement", "rules"), "figures"),
    "partners": "partners",
    "accesses": "accesses",
    "admin": "admin",
    **dict.fromkeys(("", "search", "cases", "items", "second", "holds", "notes", "precedents"), "queue"),
}
_DOORS = {"/", "/messages/", "/takedown/", "/figures/", "/partners/", "/accesses/"}


def place_of(path: str) -> str:
    """The word of the main menu that this page is under; "" for none."""
    return _PLACES.get(path.split("/")[1] if path.startswith("/") else "", "")


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """For templates; who is not signed in gets the name only."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not getattr(request, "second_factor", False):
        return {"hotline": settings.HOTLINE_NAME}
    held = {name.replace(":", "_") for name in permissions_of(user)}
    return {
        "hotline": settings.HOTLINE_NAME,
        "exposure": exposure.of(request),
        "may": held,
        "place": place_of(request.path),
        "at_its_door": request.path in _DOORS,
        "undoable": queries.undoable(analyst(user.pk)) if "review_item_qualify" in held else (),
    }
