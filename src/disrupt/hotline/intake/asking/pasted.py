"""Reads a text with many addresses, line by line: what is kept, what came twice, and why a line is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.intake.asking import addresses, kinds
from disrupt.hotline.intake.asking.addresses import NotAnAddress, Why

# Of a line that is not understood, so much is shown back in the message; the line itself stays whole.
SHOWN = 60
# In so many words an address is looked for; five hundred addresses fit, and no table has as many words.
_MOST_WORDS = 20_000
# So many lines that are no address are explained one by one; the others are alike.
EXPLAINED = 20
# A line of words says so; of several reasons, the one that helps most is given.
_TELLING = (Why.NOT_WEB, Why.EMAIL, Why.FILE, Why.TOO_LONG, Why.BROKEN, Why.WORDS, Why.EMPTY)

REASONS: Mapping[Why, str | Promise] = {
    Why.EMPTY: _("there is no address in it."),
    Why.TOO_LONG: _("it is too long for an address. Open the page and copy its address again."),
    Why.EMAIL: _("it is an e-mail address, not a page. Copy the address of the page where the picture is."),
    Why.FILE: _("it is the name of a file. To send the file itself, go back and choose “It could appear”."),
    Why.NOT_WEB: _("it does not begin like the address of a page (https://)."),
    Why.WORDS: _("it is a word or a name. Open the page or the account, and copy its address."),
    Why.BROKEN: _("something in it is missing or mistyped. Copy the whole address again."),
    Why.TOO_MUCH: _("the text is too long: send the rest in a second report."),
}


# A line of these may be about an application, whose things have no address.
_NAMES_ONE = frozenset({Why.WORDS, Why.NOT_WEB, Why.BROKEN, Why.EMPTY})


@dataclass(frozen=True)
class Line:
    """A line that holds no address."""

    text: str
    why: Why

    @property
    def shown(self) -> str:
        """Its beginning."""
        return self.text if len(self.text) <= SHOWN else f"{self.text[:SHOWN]}…"

    @property
    def reason(self) -> str:
        """Why it is none, in half a sentence."""
        application = kinds.application(self.text) if self.why in _NAMES_ONE else ""
        if application:
            return gettext("%(name)s has no address for this: let it go along as words.") % {
                "name": application
            }
        return str(REASONS[self.why])


@dataclass(frozen=True)
class Pasted:
    """`good`: each address once, in its order; `bad`: the lines without one."""

    good: tuple[str, ...]
    bad: tuple[Line, ...]


def read(text: str) -> Pasted:
    """Every line with an address gives its addresses; words beside an address are only words."""
    good: list[str] = []
    bad: list[Line] = []
    left = _MOST_WORDS
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            continue
        if left <= 0:
            bad.append(Line(stripped, Why.TOO_MUCH))
            continue
        pieces = addresses.pieces(stripped)
        found, why = _read(pieces[:left])
        left -= len(pieces)
        good += kinds.with_pages(found)
        if left < 0:
            bad.append(Line(stripped, Why.TOO_MUCH))
            continue
        if not found and why:
            bad.append(Line(stripped, why))
    return Pasted(addresses.distinct(good), tuple(bad))


def _read(pieces: list[str]) -> tuple[list[str], Why | None]:
    found: list[str] = []
    reasons: set[Why] = set()
    for piece in pieces:
        try:
            found.append(addresses.clean(piece))
        except NotAnAddress as error:
            reasons.add(error.why)
    return found, next((why for why in _TELLING if why in reasons), None)
