"""What every page of the portal shows: the way out, the languages, the help lines."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from disrupt.hotline.intake.visit import sessions


@functools.cache
def _help_lines() -> list[dict[str, Any]]:
    path = resources.files("disrupt.hotline.intake") / "data" / "help-lines.json"
    lines: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["lines"]
    return lines


def help_lines(language: str) -> list[dict[str, str]]:
    """The help lines in this language: `name`, `call` (a tel: number or empty), `link`, `what`."""
    tongue = "fr" if language.startswith("fr") else "en"
    return [
        {"tongue": tongue}
        | {name: value[tongue] if isinstance(value, dict) else value for name, value in line.items()}
        for line in _help_lines()
    ]


def portal(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "hotline_name": settings.HOTLINE_NAME,
        "exit_url": settings.EXIT_URL,
        "help_lines": help_lines(language),
        # A plain answer to a broken request has no session.
        "closes_in": sessions.seconds_left(request.session) if hasattr(request, "session") else None,
        "closes_after": sessions.lasts(request.session) if hasattr(request, "session") else 0,
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
