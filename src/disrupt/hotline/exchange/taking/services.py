"""A page of another list is taken in, or a list leaves: each in one transaction, under the bank's turn."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Count, F

from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.models import BankEntry, EntryOrigin, EntrySource
from disrupt.hotline.bank.queries import hotline_id
from disrupt.hotline.cases.categories import Category, scheme_at, to_choose
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.models import WireHash
from disrupt.hotline.exchange.taking.judging import Judged, Offer, judge
from disrupt.hotline.exchange.taking.models import TakenEntry, TakenSource, Verdict
from disrupt.protocol.feed import Added
from disrupt.protocol.taking.pages import Fetched
from disrupt.protocol.taking.sources import Rules

A_STEP = 200
_STAYS = (Verdict.KNOWN, Verdict.FLOODED, Verdict.REFUSED)
"""Decided once: what was on our list, matched too much or was refused does not come back when read anew."""

_HERE = (Verdict.OFFERED, Verdict.ANOTHER_WAY, Verdict.DISPUTED)


def categories_now() -> dict[str, Category]:
    """Our categories, by their codes."""
    return {one.code: one for one in scheme_at(clock.now()).values()}


def _closed(categories: Mapping[str, Category]) -> frozenset[str]:
    """Those under which nothing new is decided today."""
    return frozenset(categories) - {one.code for one in to_choose(clock.now()).values()}


@transaction.atomic
def take_in(source: TakenSource, page: Fetched, rules: Rules) -> None:
    """Take in a page of a list, in its order; taken in twice it changes nothing."""
    bank.take_turn()
    ours, categories = str(hotline_id()), categories_now()
    closed = _closed(categories)
    ids = [uuid.UUID(change.id) for change in page.changes]
    known = {row.their_id: row for row in source.entries.filter(their_id__in=ids)}
    number, left_out = source.entries.count() if page.changes else 0, 0
    for change in page.changes:
        row = known.pop(uuid.UUID(change.id), None)
        if not isinstance(change, Added):
            if row is not None:
                _goes(row)
                number -= 1
            continue
        # What is here under a category that is closed since stays, as what analysts decided does.
        stays = row is not None and row.verdict in _HERE
        judged = judge(change, page.hotline, rules, ours, categories, frozenset() if stays else closed)
        if row is not None:
            known[row.their_id] = _again(row, change, judged, page)
        elif number < rules.most:
            number += 1
            known[uuid.UUID(change.id)] = _comes(source, change, judged, page)
        else:
            left_out += 1
    if page.whole:
        for row in source.entries.filter(round__lt=page.round):
            _goes(row)
    if page.malformed or left_out:
        TakenSource.objects.filter(pk=source.pk).update(
            malformed=F("malformed") + page.malformed, left_out=F("left_out") + left_out
        )


def _comes(source: TakenSource, added: Added, judged: Judged, page: Fetched) -> TakenEntry:
    row = TakenEntry(
        source=source,
        their_id=added.id,
        first=judged.first,
        verdict=judged.verdict,
        round=page.round,
        hops=judged.hops,
        at=clock.now(),
        their_name=page.names.get(added.id, ""),
    )
    if judged.offer is not None:
        row.digest = judged.offer.digest
        told = TakenEntry.objects.filter(first=row.first).values_list("verdict", flat=True)
        if not page.traced and _is_known(judged.offer):
            row.verdict = Verdict.KNOWN
        elif Verdict.FLOODED in told:
            row.verdict = Verdict.FLOODED
        elif Verdict.REFUSED in told:
            row.verdict = Verdict.REFUSED
        elif Verdict.DISPUTED in told:
            row.verdict, row.waits = Verdict.DISPUTED, judged.offer.as_json()
            row.disputed_at = clock.now()
        elif Verdict.OFFERED in told:
            row.verdict, row.waits = Verdict.ANOTHER_WAY, judged.offer.as_json()
        else:
            put_on(row, judged.offer)
    row.save()
    return row


def _again(row: TakenEntry, added: Added, judged: Judged, page: Fetched) -> TakenEntry:
    """It was told before: it stays as it is, unless the rules (or it) are others now."""
    digest = judged.offer.digest if judged.offer is not None else ""
    same = digest == row.digest and (bool(digest) or judged.verdict == row.verdict)
    if row.verdict == Verdict.DISPUTED and judged.offer is not None and not same:
        row.digest, row.waits = digest, judged.offer.as_json()  # a person decides on it as it is now
        row.save(update_fields=["digest", "waits"])
        same = True
    if same or row.verdict in _STAYS:
        row.round = max(row.round, page.round)
        row.save(update_fields=["round"])
        return row
    source = row.source
    _goes(row)
    return _comes(source, added, judged, page)


def _is_known(offer: Offer) -> bool:
    """Whether it is, or was until a while ago, on our own list: a list that does not say where its entries
    come from may have them from us, and what was taken off here must not come back by it."""
    prints, own = offer.prints, BankEntry.objects.exclude(origin=EntryOrigin.SHARED)
    values = [row["hex"] for row in prints.pdq] + ([prints.md5] if prints.md5 else [])
    if prints.sha256 and own.filter(sha256=prints.sha256).exists():
        return True
    if prints.md5 and own.filter(md5=prints.md5).exists():
        return True
    return WireHash.objects.filter(value__in=values).exclude(entry__origin=EntryOrigin.SHARED).exists()


def put_on(row: TakenEntry, offer: Offer) -> bool:
    """Offer it with the next batch, through the door of every way in; whether that lets it pass."""
    row.item, row.waits = uuid.uuid5(uuid.NAMESPACE_URL, f"{row.source.name}/{row.their_id}"), None
    try:
        bank.offer(
            offer.prints, offer.category, EntryOrigin.SHARED, row.item, minors=offer.minors, came=offer.came
        )
    except bank.KnownLawful:
        row.item, row.verdict = None, Verdict.LAWFUL
        return False
    row.verdict = Verdict.OFFERED
    return True


def _goes(row: TakenEntry) -> None:
    """It is told no more by this list; where it came by another way too, that one takes its place."""
    item, first, was_offered = row.item, row.first, row.verdict == Verdict.OFFERED
    row.delete()
    if item is not None:
        bank.withdraw_source(item)
    if was_offered:
        _another_way(first)


def _another_way(first: str) -> None:
    others = TakenEntry.objects.select_for_update().filter(first=first, verdict=Verdict.ANOTHER_WAY)
    for other in others.order_by("hops", "pk"):
        done = put_on(other, Offer.from_json(other.waits or {}))
        other.save(update_fields=["item", "verdict", "waits"])
        if done:
            return


@transaction.atomic
def leaves(source: TakenSource) -> int:
    """A list that is taken in no more takes its entries along, so many in one step; how many there were."""
    bank.take_turn()
    rows = list(source.entries.order_by("pk")[:A_STEP])
    for row in rows:
        _goes(row)
    if len(rows) < A_STEP:
        source.delete()
    return len(rows)


@transaction.atomic
def begins(name: str, url: str, rules: Rules) -> TakenSource:
    """A list of the file of sources, with the rules that it has now."""
    changes = {"url": url, "rules": rules.as_json(), "mark": rules.mark}
    new = {**changes, "since": clock.now()}
    return TakenSource.objects.update_or_create(name=name, defaults=changes, create_defaults=new)[0]


@transaction.atomic
def flooded(entry_id: uuid.UUID) -> bool:
    """What matched too much leaves the lists, by whichever way it came; whether it was of another list."""
    bank.take_turn()
    items = EntrySource.objects.filter(entry=entry_id, withdrawn_at=None).values_list("item_id", flat=True)
    firsts = TakenEntry.objects.filter(item__in=list(items)).values_list("first", flat=True)
    rows = list(TakenEntry.objects.select_for_update().filter(first__in=list(firsts)).order_by("pk"))
    for row in rows:
        item, row.item, row.waits, row.verdict = row.item, None, None, Verdict.FLOODED
        row.disputed_at = None
        row.save(update_fields=["item", "waits", "verdict", "disputed_at"])
        if item is not None:
            bank.withdraw_source(item)
    return bool(rows)


def counts(sources: Iterable[TakenSource]) -> Mapping[int, Mapping[str, int]]:
    """Of each list, how many entries there are of each verdict."""
    found: dict[int, dict[str, int]] = {source.pk: {} for source in sources}
    rows = (
        TakenEntry.objects.filter(source__in=found).values_list("source", "verdict").annotate(n=Count("pk"))
    )
    for pk, verdict, number in rows.order_by():
        found[pk][verdict] = number
    return found
