"""An unusable configuration of notices does not start."""

from __future__ import annotations

from typing import Any

from disrupt.hotline.takedown.system_checks import recipients_are_usable


def ids() -> list[str | None]:
    return [message.id for message in recipients_are_usable(None)]


def test_the_demonstration_is_fine() -> None:
    assert ids() == []


def test_a_registry_that_cannot_be_read(settings: Any, tmp_path: Any) -> None:
    settings.RECIPIENTS_FILE = tmp_path / "none.json"
    assert ids() == ["takedown.E001"]
    settings.RECIPIENTS_FILE.write_text("{")
    assert ids() == ["takedown.E001"]


def test_operators_who_are_told_are_warned_of(recipients: Any) -> None:
    recipients(fallback={"language": "en", "tell_operator": True}, search=[])
    assert ids() == ["takedown.W002"]


def test_our_own_address(settings: Any) -> None:
    settings.HOTLINE_EMAIL = "nobody"
    assert ids() == ["takedown.E002"]


def test_examples_in_service_are_warned_of(settings: Any) -> None:
    settings.INSECURE_LOOPBACK = False
    assert ids() == ["takedown.W001"]
