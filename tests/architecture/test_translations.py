"""Every text exists in French and in English, and what is compiled is what is written."""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOTLINE = Path(__file__).resolve().parents[2] / "src" / "disrupt" / "hotline"
APPS = sorted(path.parent for path in HOTLINE.glob("*/locale"))
_ENTRY = re.compile(
    r'^msgid ((?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?((?:msgstr(?:\[\d\])? (?:".*"\n?)+)+)', re.M
)


def _entries(po: Path) -> dict[str, str]:
    return {m[1]: m[2] for m in _ENTRY.finditer(po.read_text("utf-8")) if m[1] != '""\n'}


def _catalogue(app: Path) -> Path:
    return app / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def test_there_are_catalogues() -> None:
    assert {"intake", "review"} <= {app.name for app in APPS}


@pytest.mark.parametrize("app", APPS, ids=lambda p: p.name)
def test_nothing_is_fuzzy_or_empty(app: Path) -> None:
    text = _catalogue(app).read_text("utf-8")
    assert "#, fuzzy" not in text
    empty = [
        key for key, value in _entries(_catalogue(app)).items() if re.search(r'msgstr(\[\d\])? ""\n?$', value)
    ]
    assert empty == []


def test_what_the_public_reads_has_french_spaces() -> None:
    """A colon, a question mark or a closing quotation mark never begins a line."""
    said = "".join(_entries(_catalogue(HOTLINE / "intake")).values()).replace('"\n"', "")
    assert re.findall(r".{12}[\w»)’] [:;!?»].{3}|.{12}« .{5}", said) == []


@pytest.mark.parametrize("app", APPS, ids=lambda p: p.name)
def test_every_text_of_the_source_is_in_the_catalogue(app: Path, tmp_path: Path) -> None:
    copy = tmp_path / app.name
    shutil.copytree(app, copy, ignore=shutil.ignore_patterns("*.mo", "__pycache__", "vendor"))
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "fr", "--no-location", "--no-obsolete"],
        cwd=copy,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        check=True,
        capture_output=True,
    )
    assert set(_entries(_catalogue(copy))) == set(_entries(_catalogue(app))), "run `make messages`"


@pytest.mark.parametrize("app", APPS, ids=lambda p: p.name)
def test_the_compiled_catalogue_is_current(app: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "-o", fresh, _catalogue(app)], check=True)
    with fresh.open("rb") as new, _catalogue(app).with_suffix(".mo").open("rb") as kept:
        assert gettext.GNUTranslations(new)._catalog == gettext.GNUTranslations(kept)._catalog  # type: ignore[attr-defined]
