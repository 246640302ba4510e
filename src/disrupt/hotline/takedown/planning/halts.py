"""Stopping all notices, or those about one site, at once; and letting them go again.

The police are told of a site that is stopped all the same: only the stop of everything holds them back too.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Halt, Notice
from disrupt.hotline.takedown.states import RecipientKind


def in_force() -> QuerySet[Halt]:
    """What is stopped now."""
    return Halt.objects.filter(lifted_at=None)


def is_stopped(notice: Notice) -> bool:
    """Whether a notice must not leave now."""
    if notice.recipient == RecipientKind.PHAROS:
        return in_force().filter(site="").exists()
    return in_force().filter(Q(site="") | Q(site=notice.target.site)).exists()


def may_go(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Those that no stop holds back."""
    sites = set(in_force().values_list("site", flat=True))
    if "" in sites:
        return notices.none()
    if not sites:
        return notices
    return notices.filter(Q(recipient=RecipientKind.PHAROS) | ~Q(target__site__in=sites))


@transaction.atomic
def stop(site: str, actor: Actor, reason: str) -> Halt:
    """Stop everything (`site` empty), or what is about a site. Raises NotPossible."""
    if not reason.strip():
        raise NotPossible("Give the reason.")
    if site.strip():
        host = take_apart(site if "//" in site else f"https://{site.strip()}").host
        if not host:
            raise NotPossible("This is no name of a host.")
        site = site_of(host)
    found, _made = Halt.objects.get_or_create(
        site=site.strip(),
        lifted_at=None,
        defaults={"reason": reason.strip(), "by": str(actor), "since": clock.now()},
    )
    return found


@transaction.atomic
def lift(halt: Halt, actor: Actor) -> None:
    """Let what was stopped go, in its order. Idempotent."""
    Halt.objects.filter(pk=halt.pk, lifted_at=None).update(lifted_at=clock.now(), lifted_by=str(actor))
