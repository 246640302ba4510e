"""Rules decide later arrivals as their family was decided: turned on by a person, watched, stopping alone.

A rule first earns it: somebody looks at each of its decisions, unseen, before it takes effect, until the
upper bound of its error (95 %) is below its limit. From then on a random sample is looked at. Above the limit
it stops. It only decides what a person found illegal, of adults, in cases without threat (docs/adr/0119).
"""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import F

from disrupt.hotline.cases.categories import to_choose
from disrupt.hotline.cases.models import (
    AgeWhenTaken,
    CarryRule,
    How,
    Item,
    PersonAge,
    Qualification,
    SecondOpinion,
)
from disrupt.hotline.cases.states import ImpossibleStep
from disrupt.hotline.common import audit, clock, numerals
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions import bounds
from disrupt.hotline.decisions.services import qualify

ON, OFF, EARNED, STOPPED = "rule.on", "rule.off", "rule.earned", "rule.stopped"
_KIND = "rule"


class NotForRules(ValueError):
    """What is not illegal, or shows minors, is decided by people only; and a share is between 0 and 100."""


def actor_of(rule: CarryRule) -> Actor:
    """Under which name its decisions stand."""
    return Actor(_KIND, str(rule.pk))


def of(decision: Qualification) -> CarryRule | None:
    """The rule that made a decision, if one did."""
    number = numerals.number_after(f"{_KIND}:", decision.by)
    return CarryRule.objects.filter(pk=number).first() if number is not None else None


def bound(rule: CarryRule) -> float:
    """The upper bound of its error, in percent."""
    return 100 * bounds.upper(rule.wrong, rule.looked_at)


@transaction.atomic
def turn_on(category: str, how: How, actor: Actor, *, limit: float = 1.0, sample: float = 5.0) -> CarryRule:
    """From now on what arrives is decided by it; it begins to earn it anew. Raises NotForRules."""
    found = to_choose(clock.now()).categories.get(category)
    if found is None or not found.illegal or found.minors:
        raise NotForRules("Only what is illegal and shows adults is decided by rule.")
    if not (0 < limit <= 100 and 0 < sample <= 100):
        raise NotForRules("A share is more than 0 and at most 100 percent.")
    now = {"on": True, "limit": limit, "sample": sample, "since": clock.now(), "by": str(actor)}
    fresh = {"earned_at": None, "stopped_at": None, "decided": 0, "looked_at": 0, "wrong": 0}
    rule, _new = CarryRule.objects.update_or_create(category=category, how=how, defaults=now | fresh)
    audit.record(ON, actor, {"category": category, "how": how.value, "limit": limit, "sample": sample})
    return rule


@transaction.atomic
def turn_off(rule: CarryRule, actor: Actor) -> None:
    """Nothing more is decided by it; what was goes its way."""
    if CarryRule.objects.filter(pk=rule.pk, on=True).update(on=False, since=clock.now(), by=str(actor)):
        audit.record(OFF, actor, {"category": rule.category, "how": rule.how})


def any_on() -> bool:
    """Whether there is a rule to ask at all."""
    return CarryRule.objects.filter(on=True).exists()


def for_people(item: Item, category: str, person: PersonAge) -> bool:
    """Whether an item is never decided by rule, whatever it is like."""
    case = item.case
    adult = case.age_when_taken == AgeWhenTaken.ADULT and person == PersonAge.ADULT
    found = to_choose(clock.now()).categories.get(category)
    return (
        case.threat or case.priority == 0 or not adult or found is None or not found.illegal or found.minors
    )


def decide(
    item: Item, category: str, how: How, *, person: PersonAge, secondary: tuple[str, ...], entry: str
) -> Qualification | None:
    """Decide what has arrived since a rule is on for it as its family was; None where a person decides."""
    if for_people(item, category, person):
        return None
    with transaction.atomic():
        rule = CarryRule.objects.select_for_update().filter(category=category, how=how, on=True).first()
        if rule is None or item.created_at < rule.since:  # what waited already is for people
            return None
        drawn = rule.earned_at is None or secrets.randbelow(10_000) < round(rule.sample * 100)
        try:
            with transaction.atomic():
                made = qualify(
                    item,
                    category,
                    actor_of(rule),
                    person=person,
                    secondary=secondary,
                    carried=True,
                    known=entry,
                    drawn=drawn,
                )
        except ImpossibleStep:  # a person was faster
            return None
        CarryRule.objects.filter(pk=rule.pk).update(decided=F("decided") + 1)
        return made


@transaction.atomic
def heard(opinion: SecondOpinion, actor: Actor, *, settled: bool = False) -> None:
    """Somebody looked at one of its decisions. `settled`: a lead said that the rule was right after all."""
    rule = of(opinion.decision)
    if rule is None:
        return
    rule = CarryRule.objects.select_for_update().get(pk=rule.pk)
    if opinion.decision.at < rule.since:
        return  # of before it was turned on anew
    if settled:
        rule.wrong = max(0, rule.wrong - 1)
    else:
        rule.looked_at += 1
        rule.wrong += not opinion.agrees
    rule.save(update_fields=["looked_at", "wrong"])
    if rule.on:
        _judge(rule, actor)


def _judge(rule: CarryRule, actor: Actor) -> None:
    """Earned once its bound is below the limit; stopped when it was and is no more, or when it cannot be."""
    now = clock.now()
    said = {"category": rule.category, "how": rule.how, "wrong": rule.wrong, "looked_at": rule.looked_at}
    if bound(rule) <= rule.limit:
        if rule.earned_at is None:
            CarryRule.objects.filter(pk=rule.pk).update(earned_at=now)
            audit.record(EARNED, actor, said)
    elif rule.earned_at or 100 * bounds.lower(rule.wrong, rule.looked_at) > rule.limit:
        CarryRule.objects.filter(pk=rule.pk).update(on=False, stopped_at=now)
        audit.record(STOPPED, actor, said)
