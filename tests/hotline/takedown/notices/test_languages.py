"""A language of notices is a file: one that a hotline drops into its folder is written in, if it says all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.takedown.conftest import HOST_ADDRESS, go_round, later, told_host
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.system_checks import recipients_are_usable

Opened = Callable[..., list[Notice]]
HOST = {
    "pattern": "*.images.example.net", "name": "I", "channel": "email", "address": HOST_ADDRESS,
    "language": "de", "scope": "host", "tested_on": "2026-11-01", "dsa_tier": "host",
}  # fmt: skip


def german(**changes: Any) -> dict[str, Any]:
    """The English words, some of them in German."""
    words: dict[str, Any] = json.loads(json.dumps(packaged.languages_of(packaged.latest_words())["en"]))
    words["host"]["subject"] = "[$reference] Meldung rechtswidriger Inhalte - $host"
    words["reminder"]["subject"] = "[$reference] Erinnerung $number - $host"
    words["good_faith"] = "Wir erklaeren in gutem Glauben, dass diese Meldung richtig und vollstaendig ist."
    words["categories"] = {"NCII-DIF": {"name": "Intimes Bild ohne Einwilligung verbreitet"}}
    return words | changes


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.NOTICE_LANGUAGES = tmp_path / "languages"
    settings.NOTICE_LANGUAGES.mkdir()
    return tmp_path / "languages"


def test_a_third_language_is_dropped_into_the_folder(
    folder: Path, opened: Opened, postmaster: Postmaster, recipients: Any
) -> None:
    (folder / "de.json").write_text(json.dumps(german()))
    recipients(hosts=[HOST])
    told_host(opened)
    later(days=1, minutes=1)
    go_round()
    first, second = postmaster.to(HOST_ADDRESS)
    assert "Meldung rechtswidriger Inhalte" in first.message["Subject"]
    assert "Wir erklaeren in gutem Glauben" in " ".join(first.text.split())
    assert "Category: Intimes Bild ohne Einwilligung verbreitet (NCII-DIF)" in " ".join(first.text.split())
    assert first.message["Content-Language"] == "de"
    assert "Erinnerung 1" in second.message["Subject"]


def test_a_language_that_nobody_has_written_is_refused(recipients: Any) -> None:
    recipients(hosts=[HOST])
    (error,) = recipients_are_usable(None)
    assert error.id == "takedown.E001"
    assert "de" in error.msg


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"good_faith": "$somebody"}, "good_faith has names that nothing is known for: somebody"),
        ({"good_faith": 1}, "good_faith is no text"),
        ({"host": {}}, "host.subject is missing"),
        ({"hsot": {}}, "hsot is unknown"),
        ({"host": "words"}, "host is no object"),
    ],
)
def test_a_file_that_does_not_say_all_is_named(folder: Path, changes: dict[str, Any], wrong: str) -> None:
    (folder / "de.json").write_text(json.dumps(german(**changes)))
    with pytest.raises(languages.BadLanguage, match=r"de\.json"):
        languages.known()
    (error,) = recipients_are_usable(None)
    assert error.id == "takedown.E003"
    assert wrong in error.msg


def test_what_is_no_language_is_named(folder: Path) -> None:
    (folder / "Deutsch.json").write_text("{}")
    with pytest.raises(languages.BadLanguage, match="named by its code"):
        languages.known()
    (folder / "Deutsch.json").unlink()
    (folder / "de.json").write_text("{")
    with pytest.raises(languages.BadLanguage, match="JSON"):
        languages.known()
    (folder / "de.json").write_text(json.dumps(german()))
    assert languages.known() == {"fr", "en", "de"}, "it is read again when it changes"


def test_the_packaged_languages_say_the_same() -> None:
    for version in {packaged.latest_words()}:
        files = packaged.languages_of(version)
        assert set(files) >= {"fr", "en"}
        for words in files.values():
            assert list(languages._differences(files["en"], words, "")) == []
