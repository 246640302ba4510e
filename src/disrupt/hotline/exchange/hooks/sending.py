"""Webhooks are delivered: again and again ever later, never for ever, and each message under one id.

A message is claimed before it is sent: who is killed in between sends it once more when the claim is over.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.numerals import NotANumber, whole
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.outbound.errors import (
    BadTls,
    DoorError,
    Forbidden,
    NameTrouble,
    NoSuchName,
    TooSlow,
)
from disrupt.hotline.common.outbound.pace import AsAsked
from disrupt.hotline.common.outbound.wire import Limits
from disrupt.hotline.exchange.hooks.models import Hook, HookKey, HookMessage
from disrupt.hotline.exchange.services import leave_trace
from disrupt.protocol.hooks import signed

PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14_400)
"""Seconds until the next try, a fifth more or less by chance."""
PAUSED_AFTER = 8
OUTER_LIMIT = dt.timedelta(days=3)
KEPT = dt.timedelta(days=60)
"""So long is it known what was told: longer than a key can be about to expire."""
_CLAIM = dt.timedelta(minutes=1)
_LONGEST_SAID = 86_400
_LIMITS = Limits(seconds=10.0, body=4096, floor_after=10.0)
_GONE = 410
_KINDS: tuple[tuple[type[DoorError], str], ...] = (
    (Forbidden, "forbidden"),
    (NoSuchName, "name"),
    (NameTrouble, "name"),
    (BadTls, "tls"),
    (TooSlow, "slow"),
)


def door() -> Door:
    """The way out: public addresses only, as everything that is called."""
    return Door(limits=_LIMITS, pace=AsAsked())


def due() -> Iterator[uuid.UUID]:
    """Of each webhook the oldest message that is due."""
    rows = HookMessage.objects.filter(
        delivered_at=None, due_at__lte=clock.now(), hook__paused_at=None, hook__partner__active=True
    )
    seen = set()
    for pk, hook in rows.order_by("due_at", "pk").values_list("pk", "hook"):
        if hook not in seen:
            seen.add(hook)
            yield pk


def deliver(message_id: uuid.UUID, way: Door | None = None) -> None:
    """Try one message once."""
    message = _claim(message_id)
    if message is None:
        return
    problem, later = _send(message, way or door())
    _settle(message, problem, later)


@transaction.atomic
def _claim(message_id: uuid.UUID) -> HookMessage | None:
    now = clock.now()
    due_now = HookMessage.objects.filter(pk=message_id, delivered_at=None, due_at__lte=now)
    if not due_now.update(due_at=now + _CLAIM, tries=F("tries") + 1):
        return None
    return HookMessage.objects.select_related("hook__partner").get(pk=message_id)


def _send(message: HookMessage, way: Door) -> tuple[str, int]:
    """What was wrong, if anything, and how many seconds the other side asks for."""
    told = {"type": message.type, "timestamp": message.made_at.isoformat(), "data": message.data}
    body = json.dumps(told, separators=(",", ":")).encode()
    at = int(clock.now().timestamp())
    signers = [lambda text, key=key: key.sign(text).signature for key in keys.hook_keys()]
    headers = {"Content-Type": "application/json", **signed.signed(str(message.pk), at, body, signers)}
    try:
        answer = way.call("POST", message.hook.url, headers, body).response
    except DoorError as error:
        return next((name for kind, name in _KINDS if isinstance(error, kind)), "connection"), 0
    if 200 <= answer.status < 300:
        return "", 0
    return f"status:{answer.status}", _seconds(answer.headers.get("retry-after", ""))


def _seconds(said: str) -> int:
    try:
        return min(whole(said.strip()), _LONGEST_SAID)
    except NotANumber:
        return 0


@transaction.atomic
def _settle(message: HookMessage, problem: str, later: int) -> None:
    now = clock.now()
    hook = Hook.objects.select_for_update(of=("self",)).filter(pk=message.hook_id).first()
    if hook is None:
        return  # removed meanwhile
    if not problem:
        HookMessage.objects.filter(pk=message.pk).update(delivered_at=now)
        hook.failures, hook.problem, hook.delivered_at = 0, "", now
    else:
        pause = PAUSES[min(message.tries, len(PAUSES)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
        due_at = now + dt.timedelta(seconds=max(pause, later))
        HookMessage.objects.filter(pk=message.pk).update(due_at=due_at)
        hook.failures, hook.problem = hook.failures + 1, problem
        if hook.paused_at is None and (hook.failures >= PAUSED_AFTER or problem == f"status:{_GONE}"):
            hook.paused_at = now
            leave_trace(hook.partner, "webhook-paused", WORKER, {"hook": str(hook.pk), "problem": problem})
    hook.save(update_fields=["failures", "problem", "delivered_at", "paused_at"])


def old() -> Iterator[uuid.UUID]:
    """Messages that could not be delivered in time, and what is no longer worth knowing."""
    now = clock.now()
    late = HookMessage.objects.filter(delivered_at=None, made_at__lt=now - OUTER_LIMIT)
    yield from late.values_list("pk", flat=True)
    yield from HookMessage.objects.filter(delivered_at__lt=now - KEPT).values_list("pk", flat=True)


@transaction.atomic
def forget(message_id: uuid.UUID) -> None:
    """An old message goes; one that was never delivered is counted."""
    message = HookMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        return
    if message.delivered_at is None:
        Hook.objects.filter(pk=message.hook_id).update(dropped=F("dropped") + 1)
    message.delete()


def untold_keys() -> Iterator[str]:
    """Whether the public keys on the page are others than those that sign."""
    if set(HookKey.objects.values_list("public", flat=True)) != _publics():
        yield "keys"


def _publics() -> set[str]:
    return {bytes(key.verify_key).hex() for key in keys.hook_keys()}


@transaction.atomic
def tell_keys() -> None:
    """Write down the public halves of the keys that sign, for the page."""
    wanted = _publics()
    HookKey.objects.exclude(public__in=wanted).delete()
    for public in wanted:
        HookKey.objects.get_or_create(public=public)
