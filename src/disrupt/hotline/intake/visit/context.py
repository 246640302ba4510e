"""What every page of the portal shows: the way out, the languages, the help lines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.lines import is_childs, lines


def portal(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "hotline_name": settings.HOTLINE_NAME,
        "exit_url": settings.EXIT_URL,
        "help_lines": lines(language, minor=is_childs(request)),
        # A plain answer to a broken request has no session.
        "closes_in": sessions.seconds_left(request.session) if hasattr(request, "session") else None,
        "closes_after": sessions.lasts(request.session) if hasattr(request, "session") else 0,
        "translation_unread": language in settings.UNREAD_LANGUAGES,
        "languages": [
            {
                "code": code,
                "name": name,
                "url": translate_url(request.path, code),
                "current": code == language,
            }
            for code, name in settings.LANGUAGES
        ],
    }
