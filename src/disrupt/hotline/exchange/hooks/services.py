"""What a partner's administrator does with its webhooks: one transaction and one event each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import partner as partner_actor
from disrupt.hotline.exchange.hooks.models import Hook, HookEvent, HookMessage
from disrupt.hotline.exchange.models import ExchangeEvent, Partner
from disrupt.hotline.exchange.services import leave_trace
from disrupt.protocol.public_addresses import is_public, read

MOST = 5
CHOICES = [one for one in HookEvent if one is not HookEvent.TEST]


class BadHookAddress(ValueError):
    """It is no address that is called: https, port 443, a name of the public network."""


class NoEvents(ValueError):
    """A webhook that would be told nothing."""


class TooManyHooks(ValueError):
    """The partner has as many as there may be."""


class NoSuchHook(LookupError):
    """The partner has no such webhook."""


def _checked(url: str) -> str:
    """Raises BadHookAddress. Where the name leads is looked at when it is called."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadHookAddress(url) from None
    here = settings.INSECURE_LOOPBACK and f"{host}:{port}" in settings.REACHABLE
    good = parts.scheme == "https" and port in (None, 443) and "." in host and _is_public(host)
    if not (good or here) or parts.username or parts.password or parts.fragment or len(url) > 500:
        raise BadHookAddress(url)
    return url.strip()


def _is_public(host: str) -> bool:
    try:
        return is_public(read(host))
    except ValueError:
        return True


@transaction.atomic
def make(partner: Partner, url: str, events: Iterable[str]) -> Hook:
    """A webhook, told of what happens from now on. Raises BadHookAddress, NoEvents, TooManyHooks."""
    url, wanted = _checked(url), set(events)
    chosen = [event.value for event in CHOICES if event in wanted]
    if not chosen:
        raise NoEvents(url)
    if partner.hooks.count() >= MOST:
        raise TooManyHooks(str(MOST))
    last = ExchangeEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    hook = Hook.objects.create(
        partner=partner, url=url, events=chosen, created_at=clock.now(), told_seq=last_seq(), told_event=last
    )
    leave_trace(partner, "webhook-made", partner_actor(partner.pk), {"hook": str(hook.pk), "events": chosen})
    return hook


def _one(partner: Partner, hook_id: uuid.UUID) -> Hook:
    hook = partner.hooks.select_for_update().filter(pk=hook_id).first()
    if hook is None:
        raise NoSuchHook(str(hook_id))
    return hook


@transaction.atomic
def remove(partner: Partner, hook_id: uuid.UUID) -> None:
    """It is told nothing any more. Raises NoSuchHook."""
    _one(partner, hook_id).delete()
    leave_trace(partner, "webhook-removed", partner_actor(partner.pk), {"hook": str(hook_id)})


@transaction.atomic
def go_on(partner: Partner, hook_id: uuid.UUID) -> None:
    """One that paused is tried again at once, with what waits for it. Raises NoSuchHook."""
    hook = _one(partner, hook_id)
    hook.paused_at, hook.failures, hook.problem = None, 0, ""
    hook.save(update_fields=["paused_at", "failures", "problem"])
    hook.messages.filter(delivered_at=None).update(due_at=clock.now())
    leave_trace(partner, "webhook-resumed", partner_actor(partner.pk), {"hook": str(hook_id)})


@transaction.atomic
def send_test(partner: Partner, hook_id: uuid.UUID) -> None:
    """A message that says nothing; while one waits there is no second. Raises NoSuchHook."""
    hook = _one(partner, hook_id)
    if not hook.messages.filter(type=HookEvent.TEST, delivered_at=None).exists():
        tell(hook, HookEvent.TEST, {})


def tell(hook: Hook, event: HookEvent, data: dict[str, object], subject: str = "") -> None:
    """Write down what it is to be told; of one subject once."""
    now = clock.now()
    row = HookMessage(hook=hook, type=event, subject=subject, data=data, made_at=now, due_at=now)
    if subject and HookMessage.objects.filter(hook=hook, type=event, subject=subject).exists():
        return
    row.save(force_insert=True)


def hooks_for(event: HookEvent, partner_id: uuid.UUID) -> list[Hook]:
    """The webhooks of a partner that want to know of it."""
    # SQLite cannot search lists in JSON: they are read here.
    found = Hook.objects.filter(partner_id=partner_id, partner__active=True)
    return [hook for hook in found if event in hook.events]
