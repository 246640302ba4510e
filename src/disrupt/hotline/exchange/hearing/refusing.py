"""What a partner is told where no more of its words is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.hearing.room import NoRoom


@contextmanager
def told_of_no_room() -> Iterator[None]:
    """A post that does not fit in is answered so, and nothing of it is kept."""
    try:
        yield
    except NoRoom as error:
        raise ApiError("no_room", str(error)) from None
