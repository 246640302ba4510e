"""System checks of the portal: a configuration that could hurt somebody does not start."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from disrupt.hotline.intake.library.files import BadPage, Page, library
from disrupt.hotline.intake.library.show import look_over
from disrupt.hotline.intake.receiving.uploads import RefusingUploadHandler

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


def _is_own(page: Page) -> bool:
    """Written by the hotline. Those that came along were looked over before, and every command would wait."""
    folder: Path | None = settings.PAGES_FOLDER
    return folder is not None and (folder / page.language / f"{page.key}.md").exists()


@register()
def pages_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """intake.E003: a help page cannot be shown. intake.W001: the legal information is incomplete.

    intake.W002: a language that was added has no help pages of its own yet.
    """
    found: list[CheckMessage] = []
    try:
        known = library()
        expected = {*known.pages, *settings.TRANSLATED_LANGUAGES}
        languages = [code for code, _name in settings.LANGUAGES if code not in expected]
        if languages:
            found.append(
                Caution(
                    f"The help pages are shown in English where the rest is in: {', '.join(languages)}.",
                    hint="Put a folder with every page into DISRUPT_PAGES_FOLDER (docs/pages.md).",
                    id="intake.W002",
                )
            )
        for pages in known.pages.values():
            for page in filter(_is_own, pages.values()):
                look_over(page)
    except BadPage as error:
        found.append(Error(str(error), hint="docs/pages.md tells how pages are written.", id="intake.E003"))
    # A demonstration has nobody to name.
    if not settings.INSECURE_LOOPBACK and not all(
        (settings.LEGAL_PUBLISHER, settings.LEGAL_DIRECTOR, settings.LEGAL_HOST)
    ):
        found.append(
            Caution(
                "The page of legal information does not say who runs and hosts the portal.",
                hint="Set DISRUPT_LEGAL_PUBLISHER, _ADDRESS, _DIRECTOR and _HOST.",
                id="intake.W001",
            )
        )
    return found
