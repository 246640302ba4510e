"""A log says where something failed and of what kind it was, and quotes nobody."""

from __future__ import annotations

import logging
import logging.config

import pytest
from django.conf import settings


def test_a_traceback_quotes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.config.DictConfigurator(settings.LOGGING)
    formatter = handler.configure_formatter(settings.LOGGING["formatters"]["plain"])
    try:
        try:
            raise ValueError("what somebody wrote")
        except ValueError as error:
            raise LookupError("person@example.org") from error
    except LookupError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "it failed", (), (type(error), error, None))
    line = formatter.format(record)
    assert "LookupError" in line
    assert "ValueError" in line
    assert "test_quiet_log.py" in line
    assert "somebody" not in line
    assert "example.org" not in line


def test_refused_forms_are_not_described() -> None:
    for name in ("django.security", "django.security.DisallowedHost"):
        assert settings.LOGGING["loggers"][name] == {"handlers": [], "level": "CRITICAL", "propagate": False}
