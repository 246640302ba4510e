"""What the processes write on their streams: where something failed, and never what it was about (D10)."""

from __future__ import annotations

from typing import Any


def logging_at(level: str) -> dict[str, Any]:
    """Django's setting LOGGING, with everything of this level and above."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "disrupt.hotline.common.running.quiet_log.WhereOnly",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "filters": {"views": {"()": "disrupt.hotline.common.running.quiet_log.ViewsOnly"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "plain"},
            "answers": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["views"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own request log would write paths and addresses: a case's number, a host's code (D10).
            "django.request": {"handlers": ["answers"], "level": "ERROR", "propagate": False},
            "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
            # What a hostile client sent is no news, and could fill the log: everything of django.security.*
            "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
            # A line for each HEAD whose page has a body, which gunicorn drops: anybody could fill the disk.
            "gunicorn.http.wsgi": {"level": "ERROR"},
        },
    }
