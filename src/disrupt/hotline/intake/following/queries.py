"""What the holder of the code sees of a case: each item, in plain words, with the dates of the ledger."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from disrupt.hotline.bank import copies as blocked
from disrupt.hotline.bank import readers
from disrupt.hotline.bank.copies import Blocked
from disrupt.hotline.bank.readers import Fetched
from disrupt.hotline.cases.categories import Reason, UnknownCategory, scheme
from disrupt.hotline.cases.models import ERASED, Case, Item, LedgerEvent
from disrupt.hotline.cases.states import HeldFor, ItemKind, ItemState
from disrupt.hotline.intake.asking.recognise import described
from disrupt.hotline.intake.following import with_partners
from disrupt.hotline.intake.following.ahead import ahead
from disrupt.hotline.intake.following.happened import (
    ACCEPTED_STEP,
    DECLARED_STEPS,
    EXAMINED_STEP,
    RECEIVED_STEP,
    REJECTED_STEP,
    SAID_REMOVED_STEP,
    STEPS,
)
from disrupt.hotline.intake.following.marks import Mark, mark
from disrupt.hotline.intake.following.tones import Meaning
from disrupt.hotline.intake.following.wording import (
    EXAMINED,
    HELD,
    HELD_BACK,
    NOT_OFFERED,
    STOPPED,
    TAKEN_OFF,
    TAKEN_OFF_FILE,
    kept_until,
    meaning,
)

# Once the content itself is gone, or never came: what partners have done since is what counts.
_OFFERED = {ItemState.PROTECTED, ItemState.BANKED}
_NUMBER = attrgetter("number")


@dataclass(frozen=True)
class Step:
    """Something that happened, and when."""

    at: dt.datetime
    text: str | Promise


@dataclass(frozen=True)
class Followed:
    """One item as its reporter sees it; `number` is its place in the case, and how forms name it.

    `place` is the site or the kind that it stands under, `ahead` what the plan has next, `mark` how the
    device that has the file knows it again.
    """

    number: int
    name: str
    url: str
    meaning: Meaning
    reason: str
    steps: tuple[Step, ...]
    withdrawn: bool
    place: str
    ahead: str = ""
    proof: bool = False
    mark: Mark | None = None
    refused: bool = False


def readable_case(pk: uuid.UUID) -> Case | None:
    """The case with this number, unless it was erased."""
    return Case.objects.filter(pk=pk).exclude(lookup__startswith=ERASED).first()


def followed(case: Case, language: str) -> list[Followed]:
    """Every item of a case, in the order in which they were sent."""
    of: dict[uuid.UUID | None, list[LedgerEvent]] = defaultdict(list)
    for event in case.ledger.order_by("number"):
        of[event.item_id].append(event)
    items = list(case.items.order_by("position"))
    fetched = readers.fetched([item.pk for item in items if item.state in _OFFERED])
    copies = blocked.of_items([item.pk for item in items if item.state in _OFFERED])
    fetched |= readers.withdrawal_fetched([item.pk for item in items if item.state == ItemState.WITHDRAWN])
    return [
        _follow(
            item,
            name,
            of[item.pk],
            sorted((*of[None], *of[item.pk]), key=_NUMBER),
            language,
            fetched.get(item.pk),
            copies.get(item.pk),
        )
        for item, name in _named(items)
    ]


def _first_look(item: Item, events: Iterable[LedgerEvent]) -> LedgerEvent | None:
    """What an analyst first did, once the item was there; `events` are its own and its case's."""
    return next(
        (event for event in events if event.actor.startswith("analyst:") and event.at >= item.created_at),
        None,
    )


def one(case: Case, number: int, language: str) -> Followed | None:
    """The item with this number."""
    return next((item for item in followed(case, language) if item.number == number), None)


def _named(items: Iterable[Item]) -> Iterable[tuple[Item, str]]:
    addresses = files = declared = proofs = 0
    for item in items:
        if item.kind == ItemKind.URL:
            addresses += 1
            yield item, _("Address no. %(number)d") % {"number": addresses}
        elif item.kind == ItemKind.DECLARED:
            declared += 1
            yield item, _("Fingerprint no. %(number)d") % {"number": declared}
        elif item.kind == ItemKind.PROOF:
            proofs += 1
            yield item, _("Proof no. %(number)d") % {"number": proofs}
        else:
            files += 1
            yield item, _("Photo or video no. %(number)d") % {"number": files}


def _follow(
    item: Item,
    name: str,
    events: list[LedgerEvent],
    of_case: list[LedgerEvent],
    language: str,
    fetched: Fetched | None,
    copies: Blocked | None,
) -> Followed:
    started = _first_look(item, of_case)
    reason = _reason(item, events)
    what = meaning(item.kind, item.state, reason.code if reason else "")
    if item.state == ItemState.RECEIVED and started and item.kind != ItemKind.DECLARED:
        what = EXAMINED
    if (
        fetched is not None
        and fetched.by
        and item.state != ItemState.WITHDRAWN
        and not (item.state == ItemState.BANKED and item.kind == ItemKind.FILE)
    ):
        what = with_partners.fetched(item.kind, fetched.by, fetched.of)
    if copies is not None:
        what = with_partners.blocked(what, copies)
    if item.state == ItemState.KEPT and item.due_at is not None:
        what = kept_until(item.due_at)
    taken_off = item.state == ItemState.WITHDRAWN and any(e.kind == "item.taken_off" for e in events)
    if taken_off:
        what = TAKEN_OFF if item.kind == ItemKind.DECLARED else TAKEN_OFF_FILE
    not_offered = item.state == ItemState.WITHDRAWN and any(e.kind == "item.not_offered" for e in events)
    if not_offered:
        what = NOT_OFFERED
    if item.state == ItemState.WITHDRAWN and any(e.kind == "item.stopped" for e in events):
        what = STOPPED
    if fetched is not None and fetched.of and item.state == ItemState.WITHDRAWN:
        what = with_partners.withdrawal_fetched(what, fetched.by, fetched.of)
        what = with_partners.withdrawal_confirmed(what, fetched.confirmed)
    if item.held_for == HeldFor.FLOOD:
        what = HELD_BACK
    elif item.held_for and item.held_for != HeldFor.DISPUTED:
        what = HELD
    steps = [Step(item.created_at, RECEIVED_STEP)]
    # A first look that was the decision itself is told by the decision, once that is final.
    told = item.state not in {ItemState.RECEIVED, ItemState.DECIDED}
    itself = started is not None and (
        started.kind == "item.qualified" or (started.kind == "item.decided" and told)
    )
    if started and not itself and item.kind in {ItemKind.URL, ItemKind.FILE}:
        steps.append(Step(started.at, EXAMINED_STEP))
    for event in events:
        text = _step(event, item.kind)
        if text is not None:
            steps.append(Step(event.at, text))
    return Followed(
        number=item.position,
        name=name,
        url=item.url,
        meaning=what,
        reason=reason.text.in_language(language) if reason else "",
        steps=tuple(steps),
        withdrawn=item.state == ItemState.WITHDRAWN,
        place=described((item.url,))[0].site if item.url else _place(item.kind),
        ahead=ahead(item, events),
        proof=item.kind == ItemKind.PROOF,
        mark=mark(item),
        refused=taken_off
        or not_offered
        or (item.state in {ItemState.REJECTED, ItemState.CLOSED} and item.kind != ItemKind.DECLARED),
    )


def _place(kind: str) -> str:
    """What stands for the site where there is none."""
    if kind == ItemKind.FILE:
        return _("Photos and videos")
    return _("Proofs") if kind == ItemKind.PROOF else _("Fingerprints made on your device")


def _step(event: LedgerEvent, kind: str) -> str | Promise | None:
    if kind == ItemKind.DECLARED:
        return DECLARED_STEPS.get(event.kind)
    if event.kind == "item.qualified":
        return ACCEPTED_STEP if _is_illegal(event) else REJECTED_STEP
    if event.kind == "notice.decided" and event.data.get("recipient") == "host":
        return SAID_REMOVED_STEP if event.data["decision"] in {"removed", "blocked"} else None
    return STEPS.get(event.kind)


def _is_illegal(event: LedgerEvent) -> bool:
    try:
        return scheme(event.data["scheme"])[event.data["category"]].illegal
    except UnknownCategory:
        return True


def _reason(item: Item, events: list[LedgerEvent]) -> Reason | None:
    """Why an item is not qualified, from the scheme that was in force."""
    if item.state not in {ItemState.REJECTED, ItemState.CLOSED}:
        return None
    for event in reversed(events):
        if event.kind == "item.qualified":
            try:
                return scheme(event.data["scheme"]).reasons.get(event.data.get("reason", ""))
            except UnknownCategory:
                return None
    return None


def room(case: Case) -> int:
    """How many more things a case holds."""
    return max(0, settings.MAX_ITEMS - case.items.count())
