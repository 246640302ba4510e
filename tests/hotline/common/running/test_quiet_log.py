"""A log says where something failed and of what kind it was, and quotes nobody."""

from __future__ import annotations

import logging
import logging.config

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import resolve


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


def test_a_request_that_failed_is_named_by_its_page_and_never_by_its_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configured = logging.config.DictConfigurator(settings.LOGGING)
    (views,) = (configured.configure_filter(one) for one in settings.LOGGING["filters"].values())
    assert settings.LOGGING["loggers"]["django.request"]["handlers"] == ["answers"]
    assert settings.LOGGING["handlers"]["answers"]["filters"] == ["views"]
    path = "/a/N-1.a-key-that-opens/"
    request = RequestFactory().get(path)
    for match, said in ((None, "no page: 503"), (resolve("/"), f"{resolve('/').view_name}: 503")):
        request.resolver_match = match
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Oh", path), None)
        record.request, record.status_code = request, 503
        assert views.filter(record)
        assert record.getMessage() == said
