"""What a reporter is told of how far the partners have come, as their own reading of the list shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import npgettext, pgettext, pgettext_lazy

from disrupt.hotline.bank.copies import Blocked
from disrupt.hotline.bank.readers import Confirmed
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.intake.following.tones import Meaning, Tone

MOST_NAMED = 10


def fetched(kind: str, by: int, of: int) -> Meaning:
    """A fingerprint that partners have fetched, as their own reading of the list shows."""
    said = npgettext(
        "reporter",
        "%(by)d of %(of)d partner has fetched the fingerprint, and can recognise copies.",
        "%(by)d of %(of)d partners have fetched the fingerprint, and can recognise copies.",
        of,
    ) % {"by": by, "of": of}
    more = _SEEN_BY_NOBODY if kind == ItemKind.DECLARED else _FILE_GONE
    return Meaning(pgettext("reporter", "With our partners"), f"{said} {more}", Tone.DONE)


def withdrawal_fetched(what: Meaning, by: int, of: int) -> Meaning:
    """The same, and how many partners have heard that the fingerprint is withdrawn."""
    said = npgettext(
        "reporter",
        "%(by)d of %(of)d partner has fetched the news that its fingerprint is withdrawn.",
        "%(by)d of %(of)d partners have fetched the news that its fingerprint is withdrawn.",
        of,
    ) % {"by": by, "of": of}
    return replace(what, sentence=f"{what.sentence} {said}")


def withdrawal_confirmed(what: Meaning, confirmed: Sequence[Confirmed]) -> Meaning:
    """The same, and on which day each of the first partners heard so."""
    said = [what.sentence]
    for number, one in enumerate(confirmed[:MOST_NAMED], 1):
        who = one.name or pgettext("reporter", "Partner no. %(number)d") % {"number": number}
        told = pgettext("reporter", "%(partner)s confirmed the withdrawal on %(date)s.")
        said.append(told % {"partner": who, "date": date_format(one.on, "DATE_FORMAT")})
    return replace(what, sentence=" ".join(map(str, said)))


def blocked(what: Meaning, told: Blocked) -> Meaning:
    """The same, and how many copies partners say that they have blocked."""
    said = pgettext(
        "reporter", "Our partners say that they have blocked %(copies)d copies since %(month)s."
    ) % {"copies": told.copies, "month": date_format(told.since, "F Y")}
    return replace(what, sentence=f"{what.sentence} {said}")


_FILE_GONE = pgettext_lazy("reporter", "Your file is destroyed: we only hold its fingerprint.")
_SEEN_BY_NOBODY = pgettext_lazy("reporter", "They are told that nobody has looked at the content.")
