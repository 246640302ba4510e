"""What webhooks are to be told, from the rows that say what happened; each step can run twice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from disrupt.hotline.bank.models import BankChange, ChangeKind, EntrySource, EntryState
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.cases.models import Item, LedgerEvent
from disrupt.hotline.cases.states import HeldFor
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.hearing.secondlook import SET_ASIDE
from disrupt.hotline.exchange.hooks.models import Hook, HookEvent, HookMessage
from disrupt.hotline.exchange.hooks.services import hooks_for, tell
from disrupt.hotline.exchange.models import (
    ApiKey,
    EntryWord,
    ExchangeEvent,
    ProposalState,
    SubmittedHash,
)
from disrupt.hotline.exchange.taking.disputes import undecided
from disrupt.hotline.exchange.taking.models import TakenEntry, Verdict
from disrupt.protocol.feedback import DISPUTING, Opinion

SOON = dt.timedelta(days=14)
NAMED = 100
"""So many withdrawn entries are named; whoever reads the list finds all of them there."""
_LIST = (HookEvent.NEWS, HookEvent.WITHDRAWN)


def with_news() -> Iterator[uuid.UUID]:
    """Webhooks that are behind the list, and to which nothing of the list is on its way."""
    last = last_seq()
    waiting = HookMessage.objects.filter(delivered_at=None, type__in=_LIST).values("hook")
    behind = Hook.objects.filter(told_seq__lt=last, paused_at=None, partner__active=True)
    yield from behind.exclude(pk__in=waiting).values_list("pk", flat=True)


@transaction.atomic
def gather_news(hook_id: uuid.UUID) -> None:
    """All that is new on the list becomes one message, and one of what was withdrawn."""
    hook = Hook.objects.select_for_update().filter(pk=hook_id).first()
    last = last_seq()
    if hook is None or hook.told_seq >= last:
        return
    new = BankChange.objects.filter(seq__gt=hook.told_seq, seq__lte=last)
    if HookEvent.NEWS in hook.events and new.filter(kind=ChangeKind.ADDED).exists():
        tell(hook, HookEvent.NEWS, {"after": hook.told_seq, "last": last})
    if HookEvent.WITHDRAWN in hook.events:
        gone = new.filter(kind=ChangeKind.WITHDRAWN).order_by("seq").values_list("entry_id", flat=True)
        ids = [str(one) for one in gone[: NAMED + 1]]
        if ids:
            tell(hook, HookEvent.WITHDRAWN, {"last": last, "entries": ids[:NAMED], "more": len(ids) > NAMED})
    hook.told_seq = last
    hook.save(update_fields=["told_seq"])


def with_events() -> Iterator[uuid.UUID]:
    """Webhooks at whose partner something was set aside since they were told, or a key ends soon."""
    soon = clock.now() + SOON
    for hook in Hook.objects.filter(partner__active=True):
        aside = HookEvent.SET_ASIDE in hook.events and _set_aside(hook).exists()
        if aside or (HookEvent.EXPIRING in hook.events and _expiring(hook, soon)):
            yield hook.pk


def _set_aside(hook: Hook) -> QuerySet[ExchangeEvent]:
    return ExchangeEvent.objects.filter(partner=hook.partner_id, kind=SET_ASIDE, pk__gt=hook.told_event)


def _expiring(hook: Hook, soon: dt.datetime) -> list[ApiKey]:
    """Keys in force that end soon and were not told of."""
    told = hook.messages.filter(type=HookEvent.EXPIRING).values_list("subject", flat=True)
    ending = ApiKey.objects.filter(
        partner=hook.partner_id, revoked_at=None, expires_at__gt=clock.now(), expires_at__lte=soon
    )
    known = set(told)
    return [key for key in ending if _name(key) not in known]


def _name(key: ApiKey) -> str:
    return f"{key.prefix}:{key.expires_at:%Y-%m-%d}"


@transaction.atomic
def gather_events(hook_id: uuid.UUID) -> None:
    """What was set aside, and which keys end soon."""
    hook = Hook.objects.select_for_update().filter(pk=hook_id).first()
    if hook is None:
        return
    if HookEvent.SET_ASIDE in hook.events:
        for event in _set_aside(hook).order_by("pk"):
            tell(hook, HookEvent.SET_ASIDE, {"entry": event.data["entry"]})
            hook.told_event = event.pk
        hook.save(update_fields=["told_event"])
    if HookEvent.EXPIRING in hook.events:
        for key in _expiring(hook, clock.now() + SOON):
            data: dict[str, object] = {"key": key.prefix, "expires_at": key.expires_at.isoformat()}
            tell(hook, HookEvent.EXPIRING, data, _name(key))


def answered() -> Iterator[int]:
    """Partners' words against an entry to which there is an answer that nobody has been told."""
    # As the index of these few has it, and then by the list: a word to come may be neither.
    unanswered = EntryWord.objects.filter(answered_at=None).exclude(opinion=Opinion.MATCHED)
    unanswered = unanswered.exclude(opinion=Opinion.BLOCKED).filter(opinion__in=DISPUTING)
    gone = unanswered.exclude(entry__state=EntryState.ACTIVE)
    yield from gone.exclude(entry__in=undecided()).values_list("pk", flat=True)
    on_list = unanswered.filter(entry__state=EntryState.ACTIVE)
    sources = EntrySource.objects.filter(entry__in=on_list.values("entry"), withdrawn_at=None)
    items = sources.values("item_id")
    looked = LedgerEvent.objects.filter(item__in=items, kind="item.let_through").values("item_id")
    decided = SubmittedHash.objects.filter(source__in=items, decided_at__isnull=False).values("source")
    entries = sources.filter(Q(item_id__in=looked) | Q(item_id__in=decided)).values("entry")
    kept = TakenEntry.objects.filter(entry__in=on_list.values("entry"), decided_at__isnull=False)
    for word in on_list.filter(Q(entry__in=entries) | Q(entry__in=kept.values("entry"))).select_related(
        "entry"
    ):
        if _answer(word):
            yield word.pk


@transaction.atomic
def gather_answer(word_id: int) -> None:
    """The answer to one word becomes a message for each webhook of its partner that was there before."""
    word = EntryWord.objects.select_for_update(of=("self",)).select_related("entry").get(pk=word_id)
    answer = _answer(word)
    if not answer or word.answered_at is not None:
        return
    word.answered_at = clock.now()
    word.save(update_fields=["answered_at"])
    for hook in hooks_for(HookEvent.ANSWERED, word.partner_id):
        if hook.created_at <= word.changed_at:
            tell(hook, HookEvent.ANSWERED, {"entry": str(word.entry_id), "answer": answer})


def _answer(word: EntryWord) -> str:
    """`withdrawn`, `stays` once a person has looked, or nothing yet."""
    taken = TakenEntry.objects.filter(entry=word.entry_id)
    if taken.filter(disputed_at__isnull=False).exists():
        return ""
    if taken.filter(verdict=Verdict.OFFERED, decided_at__gte=word.changed_at).exists():
        return "stays"  # what was set aside is there again, as another entry
    if word.entry.state != EntryState.ACTIVE:
        return "withdrawn"
    sources = list(
        EntrySource.objects.filter(entry=word.entry_id, withdrawn_at=None).values_list("item_id", flat=True)
    )
    if Item.objects.filter(pk__in=sources, held_for=HeldFor.DISPUTED).exists():
        return ""
    looked = LedgerEvent.objects.filter(
        item__in=sources, kind="item.let_through", data__why=HeldFor.DISPUTED, at__gte=word.changed_at
    )
    decided = SubmittedHash.objects.filter(
        source__in=sources, state=ProposalState.OFFERED, disputed_at=None, decided_at__gte=word.changed_at
    )
    return "stays" if looked.exists() or decided.exists() else ""
