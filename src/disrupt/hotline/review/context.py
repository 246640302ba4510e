"""What every page of the console shows: the hotline's name, one's hours, one's rights, what can be undone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import permissions_of
from disrupt.hotline.review import queries
from disrupt.hotline.review.seeing import exposure


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
        "undoable": queries.undoable(analyst(user.pk)) if "review_item_qualify" in held else (),
    }
