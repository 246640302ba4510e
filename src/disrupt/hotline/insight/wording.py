"""The words for what is counted: categories, ways in, actions, reasons, times, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from disrupt.hotline.cases.categories import schemes
from disrupt.hotline.insight import small
from disrupt.hotline.insight.content import categories
from disrupt.hotline.insight.periods import Period

Words = Mapping[str, str | Promise]

WAYS: Words = {
    "url": gettext_lazy("an address"),
    "file": gettext_lazy("a deposited file"),
    "declared": gettext_lazy("a fingerprint from the person’s device"),
    "proof": gettext_lazy("a proof"),
}
ACTIONS: Words = {
    "removed": gettext_lazy("removed, as we saw"),
    "claimed": gettext_lazy("removed, as the host says"),
    "blocked": gettext_lazy("access blocked"),
    "declined": gettext_lazy("refused"),
    "other": gettext_lazy("another answer"),
    "none": gettext_lazy("none yet"),
}
REFUSALS: Words = {
    "lawful": gettext_lazy("the host finds it not illegal"),
    "consent": gettext_lazy("the host says that the person agreed to it"),
    "another": gettext_lazy("the host says that something else is there"),
    "unproven": gettext_lazy("the host says that the notice does not show enough"),
    "public": gettext_lazy("the host says that the public has an interest in it"),
    "objected": gettext_lazy("whoever put it there objected"),
    "unable": gettext_lazy("the host could not act on it"),
    "unsaid": gettext_lazy("no reason recorded"),
}
PERSONS: Words = {
    "minor": gettext_lazy("a minor, perhaps"),
    "adult": gettext_lazy("an adult"),
    "unsure": gettext_lazy("age not known"),
}
TIERS: Words = {
    "large": gettext_lazy("large platforms"),
    "small": gettext_lazy("other sites"),
}
_UNSAID = gettext_lazy("no reason recorded")


def several() -> str:
    return _("several")


def word(words: Words, key: str) -> str:
    """The word of a key; the key itself where there is none."""
    if key == small.SEVERAL:
        return several()
    return str(words.get(key, key or "—"))


def category(code: str) -> str:
    if code == small.SEVERAL:
        return several()
    known = categories().get(code)
    return known.name.in_language(get_language() or "en") if known else code or "—"


def host(name: str) -> str:
    if name == small.SEVERAL:
        return several()
    return name or _("no known site")


def reason(code: str) -> str:
    if code == small.SEVERAL:
        return several()
    for scheme in reversed(schemes()):
        if code in scheme.reasons:
            return scheme.reasons[code].text.in_language(get_language() or "en")
    return str(_UNSAID) if code == "unsaid" else code


def number(n: int | None) -> str:
    """A printed number; what may not be printed says so."""
    if n is None:
        return _("fewer than %(least)d") % {"least": small.LEAST}
    return number_format(n, use_l10n=True, force_grouping=True)


def hours(value: float | None) -> str:
    """A time in hours, or in days from three days on."""
    if value is None:
        return _("not known")
    if value >= 72:
        days = round(value / 24)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if value < 1:
        return _("less than an hour")
    whole = round(value)
    return ngettext("%(n)d hour", "%(n)d hours", whole) % {"n": whole}


def share(value: float | None) -> str:
    """A share in per cent, with the space that the language wants."""
    if value is None:
        return _("not known")
    return _("%(n)s%%") % {"n": number_format(int(value * 100 + 0.5 + 1e-9), use_l10n=True)}


def period_name(during: Period) -> str:
    """“2026”, “May 2026”, “January to June 2026”."""
    first, last = during.first, during.last
    if first.month == 1 and last.month == 12:
        return str(first.year)
    if first == last:
        return date_format(first, "F Y")
    return _("%(first)s to %(last)s") % {"first": date_format(first, "F"), "last": date_format(last, "F Y")}
