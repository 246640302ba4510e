"""Numbers that come from outside as text."""

from __future__ import annotations

_LONGEST = 15


class NotANumber(ValueError):
    """The text is not a whole number in plain digits."""


def whole(text: str) -> int:
    """The number that plain digits write. Raises NotANumber.

    `str.isdigit` is no test for `int`: “²” is a digit to the one and an error to the other.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise NotANumber("A whole number is written in the digits 0 to 9.")
    return int(text)


def number_after(prefix: str, text: str) -> int | None:
    """The number of a button such as `remove-3`; None for any other button."""
    try:
        return whole(text.removeprefix(prefix)) if text.startswith(prefix) else None
    except NotANumber:
        return None


class Number:
    """A number in an address, `<number:name>`: no more digits than a database counts with."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
