"""A language more is one file; a folder that adds none is an error that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from disrupt.hotline.processes.languages import languages


def put(folder: Path, code: str) -> None:
    file = folder / code / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")


def test_the_packaged_two() -> None:
    assert languages(None) == [("fr", "Français"), ("en", "English")]


def test_what_the_portal_speaks_besides() -> None:
    assert languages(None, ("ar", "tr")) == [
        ("fr", "Français"),
        ("en", "English"),
        ("ar", "العربيّة"),
        ("tr", "Türkçe"),
    ]


def test_each_catalogue_is_a_language_under_its_own_name(tmp_path: Path) -> None:
    for code in ("es", "pt_BR", "ar", "fr"):
        put(tmp_path, code)
    assert languages(tmp_path) == [
        ("fr", "Français"),
        ("en", "English"),
        ("ar", "العربيّة"),
        ("es", "Español"),
        ("pt-br", "Português brasileiro"),
    ]


def test_nothing_compiled_and_no_language(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="msgfmt"):
        languages(tmp_path)
    put(tmp_path, "zz")
    with pytest.raises(ImproperlyConfigured, match="“zz” is not"):
        languages(tmp_path)
