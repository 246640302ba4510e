"""What an analyst leaves to others: cases of a theme are not given to them, and nobody is asked why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from disrupt.hotline.cases import queries as cases
from disrupt.hotline.cases.models import AgeWhenTaken, Case, Item, PersonAge, SecondOpinion
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import ITEM_QUALIFY, holders
from disrupt.hotline.decisions import opinions
from disrupt.hotline.review.models import LeftToOthers, Theme


def of(user: Any) -> frozenset[str]:
    """What this person leaves to others."""
    return frozenset(LeftToOthers.objects.filter(user=user).values_list("theme", flat=True))


@transaction.atomic
def choose(user: Any, themes: Iterable[str]) -> None:
    """From now on this person is given all but these."""
    LeftToOthers.objects.filter(user=user).delete()
    LeftToOthers.objects.bulk_create(LeftToOthers(user=user, theme=theme) for theme in sorted(set(themes)))


def of_case(case: Case, *, files: bool) -> frozenset[str]:
    """The themes of a case; `files`: whether a photo or video of it waits."""
    about = {
        Theme.MINORS: case.age_when_taken != AgeWhenTaken.ADULT,
        Theme.THREATS: case.threat,
        Theme.FILES: files,
    }
    return frozenset(theme.value for theme, so in about.items() if so)


def concerns(themes: Iterable[str]) -> Q:
    """Cases with one of these themes; none where there is no theme."""
    waiting = Item.objects.filter(case=OuterRef("pk"), state=ItemState.RECEIVED, kind=ItemKind.FILE)
    about = {
        Theme.MINORS.value: ~Q(age_when_taken=AgeWhenTaken.ADULT),
        Theme.THREATS.value: Q(threat=True),
        Theme.FILES.value: Q(Exists(waiting)),
    }
    found = Q(pk__in=())
    for theme in themes:
        found |= about[theme]
    return found


def given(cases: QuerySet[Case], user: Any) -> QuerySet[Case]:
    """Those of the cases that may be given to this person."""
    left = of(user)
    return cases.exclude(concerns(left)) if left else cases


def opinions_for(user: Any) -> QuerySet[SecondOpinion]:
    """The second opinions that this person is asked for, without what they leave to others."""
    asked, left = opinions.waiting_for(analyst(user.pk or 0)), of(user)
    if Theme.MINORS in left:
        asked = asked.filter(decision__item__case__age_when_taken=AgeWhenTaken.ADULT)
        asked = asked.filter(decision__person=PersonAge.ADULT)
    if Theme.THREATS in left:
        asked = asked.exclude(decision__item__case__threat=True)
    if Theme.FILES in left:
        asked = asked.exclude(decision__item__kind=ItemKind.FILE)
    return asked


def takers(case: Case, among: QuerySet[Any]) -> QuerySet[Any]:
    """To whom of these people the case may be handed over."""
    files = case.items.filter(state=ItemState.RECEIVED, kind=ItemKind.FILE).exists()
    left = LeftToOthers.objects.filter(theme__in=of_case(case, files=files))
    return among.exclude(pk__in=left.values("user"))


def nobody_takes() -> int:
    """How many cases wait that everybody who decides leaves to others."""
    everybody = {user.pk: set[str]() for user in holders(ITEM_QUALIFY)}
    for user, theme in LeftToOthers.objects.filter(user__in=everybody).values_list("user", "theme"):
        everybody[user].add(theme)
    if not everybody or not all(everybody.values()):
        return 0
    waiting = cases.queue()
    for themes in {frozenset(one) for one in everybody.values()}:
        waiting = waiting.filter(concerns(themes))
    return waiting.count()
