"""The languages of each process, and those that a hotline adds by a catalogue of its own (docs/pages.md)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

PACKAGED = [("fr", "Français"), ("en", "English")]
# What the portal speaks besides, on the pages that a person in need comes through (docs/adr/0084).
TRANSLATED = ("ar", "de", "es", "it", "pt", "ro", "tr", "uk")
# No native speaker has read these: each page says so until one has, and the catalogue's header does.
UNREAD = frozenset(TRANSLATED)


def languages(folder: Path | None, besides: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Those packaged for everybody, those `besides`, then each `<code>/LC_MESSAGES/django.mo` of the folder.

    Raises ImproperlyConfigured when the folder holds none, or one whose code is no language's.
    """
    known = {**dict(PACKAGED), **{code: _own_name(code) for code in besides}}
    if folder is None:
        return list(known.items())
    codes = sorted(
        file.parents[1].name.replace("_", "-").lower() for file in folder.glob("*/LC_MESSAGES/django.mo")
    )
    if not codes:
        raise ImproperlyConfigured(
            f"DISRUPT_LOCALE_FOLDER: {folder} holds no <language>/LC_MESSAGES/django.mo. "
            "Compile the catalogue with msgfmt, or take the setting away."
        )
    for code in codes:
        if not _own_name(code):
            raise ImproperlyConfigured(
                f"DISRUPT_LOCALE_FOLDER: “{code}” is not the code of a language, such as es, ar or pt_BR."
            )
        known.setdefault(code, _own_name(code))
    return list(known.items())


def _own_name(code: str) -> str:
    """What those who speak it call it; "" when it is no language's code."""
    return str(LANG_INFO.get(code, {}).get("name_local", "")).capitalize()
