"""The choices of a decision as a page shows them: each with its key, and what will happen when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from disrupt.hotline.cases.categories import Category
from disrupt.hotline.cases.models import Item, PersonAge
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.common import clock
from disrupt.hotline.common.amending import dials
from disrupt.hotline.review.forms import QualifyForm

_AGES = {PersonAge.MINOR: "m", PersonAge.POSSIBLE_MINOR: "p", PersonAge.ADULT: "a"}
_DIGITS = 9


@dataclass(frozen=True)
class Line:
    """A category: its key, if it has one, and what it sets in motion."""

    category: Category
    chosen: bool
    key: str
    then: str


@dataclass(frozen=True)
class Age:
    """An age, with its key. None is ever chosen for the analyst."""

    value: str
    label: str
    chosen: bool
    key: str


def lines(form: QualifyForm, item: Item) -> list[Line]:
    """The categories in the order of the scheme; the first nine illegal ones have a digit, the others 0."""
    chosen, number, found = form["category"].value(), 0, []
    for category in form.scheme.values():
        number += category.illegal
        digit = str(number) if category.illegal and number <= _DIGITS else ""
        key = digit if category.illegal else "0"
        found.append(Line(category, category.code == chosen, key, _then(category, item)))
    return found


def ages(form: QualifyForm) -> list[Age]:
    """The ages that a person may appear to have."""
    chosen = form["person"].value()
    return [Age(age.value, str(age.label), age.value == chosen, key) for age, key in _AGES.items()]


def _then(category: Category, item: Item) -> str:
    """What will happen when, as far as it stands in the decision."""
    effect = clock.now() + dials.undo_wait()
    at = {"t": _moment(effect)}
    if not category.illegal:
        if item.kind == ItemKind.URL:
            return _("At %(t)s: closed, and the reporter is told why.") % at
        return _("At %(t)s: the content is destroyed, and the reporter is told why.") % at
    if item.kind == ItemKind.URL:
        host = effect + dt.timedelta(hours=category.host_wait_hours)
        return _("At %(t)s: the police. At %(host)s: the host.") % (at | {"host": _moment(host)})
    if not category.bank:
        return _("At %(t)s: kept as a proof, unless another category shows the picture.") % at
    return _("At %(t)s: its fingerprint goes to the bank, then the content is destroyed.") % at


def _moment(moment: dt.datetime) -> str:
    """The hour, and the day where it is another one."""
    local, today = timezone.localtime(moment), timezone.localtime(clock.now()).date()
    return date_format(local, "H:i" if local.date() == today else "j N, H:i")
