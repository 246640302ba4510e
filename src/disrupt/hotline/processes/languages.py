"""Languages that a hotline adds by a file: a compiled catalogue in a folder of its own (docs/pages.md)."""

from __future__ import annotations

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

PACKAGED = [("fr", "Français"), ("en", "English")]


def languages(folder: Path | None) -> list[tuple[str, str]]:
    """The packaged languages, then each `<code>/LC_MESSAGES/django.mo` of the folder under its own name.

    Raises ImproperlyConfigured when the folder holds none, or one whose code is no language's.
    """
    if folder is None:
        return list(PACKAGED)
    codes = sorted(
        file.parents[1].name.replace("_", "-").lower() for file in folder.glob("*/LC_MESSAGES/django.mo")
    )
    if not codes:
        raise ImproperlyConfigured(
            f"DISRUPT_LOCALE_FOLDER: {folder} holds no <language>/LC_MESSAGES/django.mo. "
            "Compile the catalogue with msgfmt, or take the setting away."
        )
    known = dict(PACKAGED)
    for code in codes:
        name = LANG_INFO.get(code, {}).get("name_local")
        if not name:
            raise ImproperlyConfigured(
                f"DISRUPT_LOCALE_FOLDER: “{code}” is not the code of a language, such as es, ar or pt_BR."
            )
        known.setdefault(code, str(name).capitalize())
    return list(known.items())
