"""System checks of the portal: a configuration that could hurt somebody does not start."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from disrupt.hotline.intake.uploads import RefusingUploadHandler

_REFUSING = f"{RefusingUploadHandler.__module__}.{RefusingUploadHandler.__qualname__}"


@register(Tags.security)
def portal_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """intake.E001: the quick exit leads nowhere. intake.E002: uploads could reach a disk unsealed."""
    if not settings.ROOT_URLCONF.startswith("disrupt.hotline.processes.portal"):
        return []
    errors: list[CheckMessage] = []
    parts = urlsplit(settings.EXIT_URL)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        errors.append(
            Error(
                "The quick exit needs the address of a neutral site.",
                hint="Set DISRUPT_EXIT_URL, e.g. https://www.wikipedia.org/",
                id="intake.E001",
            )
        )
    if list(settings.FILE_UPLOAD_HANDLERS) != [_REFUSING]:
        errors.append(
            Error(
                "Uploads could be written to a disk unsealed.",
                hint=f"Set FILE_UPLOAD_HANDLERS = [{_REFUSING!r}].",
                id="intake.E002",
            )
        )
    return errors
