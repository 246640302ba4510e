"""The four elements of Article 16(2) DSA: a notice that lacks one is not sent, and the error names it."""

from __future__ import annotations

from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.takedown.compose import Composed


class Incomplete(ValueError):
    """A notice lacks an element; the message says which."""


class NotSubstantiated(Incomplete):
    """(a) A sufficiently substantiated explanation of why the content is illegal."""


class NoLocation(Incomplete):
    """(b) The exact electronic location of the content."""


class NoNotifier(Incomplete):
    """(c) The name and the e-mail address of the notifier."""


class NoGoodFaith(Incomplete):
    """(d) A statement of bona fide belief."""


def check(composed: Composed, *, anonymous: bool) -> None:
    """Raises Incomplete: NotSubstantiated, NoLocation, NoNotifier, NoGoodFaith."""
    told = composed.attachment
    category, notifier = told["category"], told["notifier"]
    if not (category["facts"].strip() and category["law"].strip()):
        raise NotSubstantiated("16(2)(a): no facts, or no law, in the classification scheme.")
    if not told["urls"] or not all(one["host"] for one in told["urls"]):
        raise NoLocation("16(2)(b): an address names no host.")
    if not anonymous:
        try:
            named = bool(notifier["name"].strip()) and check_address(notifier["email"])
        except BadAddress:
            named = False
        if not named:
            raise NoNotifier("16(2)(c): DISRUPT_HOTLINE_NAME or DISRUPT_HOTLINE_EMAIL is missing.")
    if told["bona_fide"] is not True:
        raise NoGoodFaith("16(2)(d): no statement of good faith.")
