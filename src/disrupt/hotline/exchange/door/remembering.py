"""What is only remembered of a reader (a key's last day, how far it has read) is no reason to refuse it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InternalError, OperationalError

log = logging.getLogger(__name__)


def remember(write: Callable[[], object]) -> None:
    """Write it, or, on a database that can only be read, go on without: the next question says it again."""
    try:
        write()
    except (OperationalError, InternalError) as error:
        log.error("what a reader has read was not noted: %s", type(error).__name__)
