"""What holds decoders in is asked before anything is decoded, and said by name."""

from __future__ import annotations

from typing import Any

import pytest

from disrupt.hotline.processing import checks, decoding


def ids(settings: Any) -> list[str]:
    return [str(found.id) for found in checks.decoders_are_held_in(None)]


def test_here_nothing_that_is_required_is_missing(settings: Any) -> None:
    assert set(settings.DECODERS_REQUIRE) == {
        "seccomp",
        "no_new_privileges",
        "unprivileged",
        "resource_limits",
    }
    assert not [one for one in ids(settings) if one.startswith("processing.E")]
    sandbox = decoding.sandbox()
    assert sandbox._require == tuple(settings.DECODERS_REQUIRE)
    assert sandbox._tasks_per_worker == 1


def test_what_is_missing_is_said_by_name(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "missing", lambda: ("seccomp", "network_namespace"))
    first, second = checks.decoders_are_held_in(None)
    assert (first.id, second.id) == ("processing.E001", "processing.W001")
    assert "not held in by seccomp" in first.msg
    assert "DISRUPT_DECODERS_REQUIRE" in str(first.hint)
    settings.DECODERS_REQUIRE = ["network_namespace", "luck"]
    assert ids(settings) == ["processing.E002", "processing.W001", "processing.E001"]
    monkeypatch.setattr(checks, "missing", lambda: None)
    settings.DECODERS_REQUIRE = []
    assert ids(settings) == ["processing.E003"]
