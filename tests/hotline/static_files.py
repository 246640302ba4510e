"""Each test client starts the middleware anew; the static files, which stay the same, are listed once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

_LISTED: dict[tuple[object, ...], dict[str, Any]] = {}
_list = WhiteNoiseMiddleware.add_files_from_finders


def _list_once(self: WhiteNoiseMiddleware) -> None:
    key = (self.static_prefix, self.max_age, self.add_headers_function, *settings.INSTALLED_APPS)
    if key not in _LISTED:
        _list(self)
        _LISTED[key] = dict(self.files)
    self.files.update(_LISTED[key])


def list_once() -> None:
    """From now on, in this process."""
    WhiteNoiseMiddleware.add_files_from_finders = _list_once
