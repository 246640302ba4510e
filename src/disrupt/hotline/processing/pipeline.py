"""What happens to an item once it is decided on: fingerprints, destruction, notices; one committed step each.

Each step checks the item's state under its lock and commits the change with its ledger event, so that a
worker killed anywhere goes on where it was, and a step that runs twice changes nothing the second time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import transaction

from disrupt.fingerprint import Held, fingerprint_file
from disrupt.fingerprint.errors import FingerprintError, SandboxFailure, TookTooLong
from disrupt.fingerprint.types import ImageFingerprint, VideoFingerprint
from disrupt.hotline.bank import aside
from disrupt.hotline.bank import queries as bank_queries
from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.models import DERIVED, BankEntry, EntryOrigin, Minors
from disrupt.hotline.cases import erasing, ledger, legal_holds, steps, stopping
from disrupt.hotline.cases.categories import DECLARED_MINOR, for_the_bank, scheme, scheme_at
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import AgeWhenTaken, Item, PersonAge, Qualification
from disrupt.hotline.cases.queries import current_qualification
from disrupt.hotline.cases.states import HeldFor, ItemKind, ItemState
from disrupt.hotline.common import clock, possession
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.decisions.effect import take_effect
from disrupt.hotline.decisions.proofs import keep_as_proof
from disrupt.hotline.processing import decoding, derived, door, prints
from disrupt.hotline.processing.prints import Offer
from disrupt.hotline.takedown import services as takedown
from disrupt.hotline.takedown.notices import particulars

# What is declared from a device and was seen by nobody is offered as a threat, until an analyst says more.
DECLARED_CATEGORY = "NCII-THR"


class Undecided(RuntimeError):
    """The item is due as decided, but holds no decision; it needs an analyst to look at the case."""


class NotInTime(RuntimeError):
    """Decoding takes longer than it may just now; nothing was done, and it is tried again with more time."""


def fingerprint(item: Item, seconds: float = decoding.LONG) -> None:
    """ACCEPTED file -> BANKED: the content is decrypted for a decoder, and its fingerprints offered.

    What the negative bank knows, and what cannot be decoded, stops here, with its content, until a person has
    looked again.
    Raises NotInTime where `seconds` of decoding were not enough, and more can be given.
    What is qualified as something that shows no intimate picture (a chat, an identity card) becomes a proof.
    """
    decision = current_qualification(item)
    if decision is None:
        raise Undecided(f"Item {item.pk} is qualified without a qualification.")
    category = for_the_bank(scheme(decision.scheme), (decision.category, *decision.secondary))
    if category is None:
        keep_as_proof(item, WORKER)
        return
    with decoding.content_of(item) as content:
        if not content.size:
            steps.advance(item, ItemState.BANKED, WORKER, data={"notes": ["empty file"]}, due_at=clock.now())
            return
        offer, media, unreadable = _examine(content, seconds)
        digest = possession.of_pieces(content.pieces())
    if unreadable and not item.let_through_by:
        # It may be damaged on the way, or of a kind that is decoded next year: a person decides what is lost.
        with transaction.atomic():
            hold_item(item)
            Item.objects.filter(pk=item.pk).update(unreadable=unreadable)
            steps.hold(item, HeldFor.UNREADABLE, WORKER, {"unreadable": unreadable})
        return
    with transaction.atomic():
        entry = _offer(item, offer, category, EntryOrigin.EXAMINED, examined_minors(decision))
        if entry is None:
            return
        Item.objects.filter(pk=item.pk).update(media=media, unreadable=unreadable)
        stopping.remember(item, digest)
        steps.advance(
            item, ItemState.BANKED, WORKER, data=_told(offer, entry.pk, unreadable), due_at=clock.now()
        )


def _examine(data: Held, seconds: float) -> tuple[Offer, str, str]:
    """The offer, the kind of medium, and why it is not decoded ("" if it is)."""
    try:
        found = _fingerprint(data, seconds)
    except FingerprintError as error:
        if isinstance(error, TookTooLong) and seconds < decoding.LONG:
            raise NotInTime from error
        reason = f"{type(error).__name__}: {error}"[:200]
        digests = prints.of_bytes(data.digests(), data.kind, f"digests only ({type(error).__name__})")
        return digests, "", reason
    if found.kind == "image":
        return prints.of_image(found, derived.parts_of(data)), found.kind, ""
    return prints.of_video(found), found.kind, ""


def _fingerprint(data: Held, seconds: float) -> ImageFingerprint | VideoFingerprint:
    """A decoder that dies gets a second chance; then it is asked to decode a file that is known to be good.

    Only if it can is the content at fault. Otherwise the SandboxFailure goes on as a DecoderBroken, and the
    step is tried again later: content is never destroyed because this machine cannot decode.
    """
    sandbox = decoding.sandbox()
    allowed = seconds if seconds < decoding.LONG else None
    try:
        return fingerprint_file(data, sandbox=sandbox, seconds=allowed)
    except SandboxFailure:
        decoding.check()
        return fingerprint_file(data, sandbox=sandbox, seconds=allowed)


def _told(offer: Offer, entry: uuid.UUID, unreadable: str = "") -> dict[str, object]:
    data: dict[str, object] = {
        "entry": str(entry),
        "pdq": sum(p.get("role") != DERIVED for p in offer.prints.pdq),
        "vpdq": len(offer.prints.vpdq),
        "notes": list(offer.notes),
    }
    parts = sum(p.get("role") == DERIVED for p in offer.prints.pdq)
    return data | ({"derived": parts} if parts else {}) | ({"unreadable": unreadable} if unreadable else {})


def _of_minor(item: Item) -> bool:
    return item.case.age_when_taken == AgeWhenTaken.MINOR


def _declared_minors(item: Item) -> Minors:
    """Who does not know how old the person was is taken to mean a minor: nobody has looked."""
    adult = item.case.age_when_taken == AgeWhenTaken.ADULT
    return Minors.NOBODY if adult else Minors.DECLARED


def examined_minors(decision: Qualification) -> Minors:
    """Whether the analyst decided, or held it possible, that the person was a minor."""
    minor = scheme(decision.scheme)[decision.category].minors or decision.person != PersonAge.ADULT
    return Minors.EXAMINED if minor else Minors.NOBODY


def _offer(item: Item, offer: Offer, category: str, origin: EntryOrigin, minors: Minors) -> BankEntry | None:
    """The entry that it is offered in; None where it is held for a person instead."""
    bank.take_turn()
    hold_item(item)
    why = door.why_wait(item, offer.prints, origin)
    if why is not None:
        steps.hold(item, why, WORKER)
        return None
    return bank.offer(
        offer.prints,
        category,
        origin,
        item.pk,
        let_through=bool(item.let_through_by),
        group=item.case_id,
        urgent=item.case.priority == 0,
        minors=minors,
    )


def offer_declared(item: Item) -> None:
    """RECEIVED fingerprints from a device -> BANKED, as declared; nonsense is rejected, with its reason.

    What must not be offered unseen waits for a person (door.py), and is never refused.
    """
    try:
        offer = prints.of_declared(item.declared or {})
    except prints.NotFingerprints as error:
        steps.advance(item, ItemState.REJECTED, WORKER, data={"notes": [str(error)]}, due_at=clock.now())
        return
    said = str((item.declared or {}).get("category"))
    fallback = DECLARED_MINOR.code if _of_minor(item) else DECLARED_CATEGORY
    category = for_the_bank(scheme_at(clock.now()), (said,)) or fallback
    with transaction.atomic():
        entry = _offer(item, offer, category, EntryOrigin.DECLARED, _declared_minors(item))
        if entry is None:
            return
        steps.advance(item, ItemState.BANKED, WORKER, data=_told(offer, entry.pk), due_at=clock.now())


def protect(item: Item) -> None:
    """BANKED -> PROTECTED: the content is destroyed, with its receipt in the ledger."""
    erasing.destroy_content(item, WORKER)
    steps.advance(item, ItemState.PROTECTED, WORKER)


def put_back(item: Item) -> None:
    """PROTECTED, let through again: what was set aside of it is offered as it was."""
    with transaction.atomic():
        aside.put_back(item.pk, item.case_id)
        _settle(item, ItemState.PROTECTED)


def close(item: Item) -> None:
    """REJECTED -> CLOSED: content that is not illegal is destroyed as well."""
    erasing.destroy_content(item, WORKER)
    with transaction.atomic():
        hold_item(item)
        erasing.forget_declared(item)
        steps.advance(item, ItemState.CLOSED, WORKER)


def destroy_proof(item: Item) -> None:
    """KEPT -> DESTROYED: the time of a proof has come, or that of its case."""
    erasing.destroy_content(item, WORKER)
    steps.advance(item, ItemState.DESTROYED, WORKER)


def notify(item: Item) -> None:
    """ACCEPTED address: its takedown is opened; from then on the takedown's own rows say what is due."""
    decision = current_qualification(item)
    if decision is None:
        raise Undecided(f"Item {item.pk} is qualified without a qualification.")
    with transaction.atomic():
        takedown.open_for_item(item, decision.category, WORKER)
        particulars.adopt(item, decision)
        _settle(item, ItemState.ACCEPTED)


def withdraw(item: Item) -> None:
    """WITHDRAWN: partners are told, notices stop, the content is destroyed; in steps of their own."""
    with transaction.atomic():
        if bank_queries.entry_of_item(item.pk) is not None:
            bank.take_turn()
        locked = hold_item(item)
        aside.forget(item.pk)
        entry = bank_queries.entry_of_item(item.pk)
        if entry is not None:
            gone = bank.withdraw_source(item.pk, item.case_id)
            data = {"entry": str(entry.pk), "still_offered": gone is None}
            ledger.record(locked.case, "entry.withdrawn", WORKER, item=locked, data=data)
    if item.kind == ItemKind.URL:
        takedown.stop_for_item(item, WORKER)
    if legal_holds.park(item):
        return
    erasing.destroy_content(item, WORKER)
    with transaction.atomic():
        erasing.forget_declared(item)
        _settle(item, ItemState.WITHDRAWN)


def _settle(item: Item, state: ItemState) -> None:
    """Nothing more is due here, unless the item has gone on to another state meanwhile."""
    Item.objects.filter(pk=item.pk, state=state).update(due_at=None)


DECODES = (ItemKind.FILE, ItemState.ACCEPTED)
"""Where the step that decodes begins: the only one that may take long."""

# They do nothing but destroy, and say so: a legal hold puts them off (`withdraw` does so by itself).
DESTROYS = (protect, close, destroy_proof)
STEPS: dict[tuple[ItemKind, ItemState], Callable[[Item], object]] = {
    (ItemKind.FILE, ItemState.DECIDED): take_effect,
    (ItemKind.FILE, ItemState.ACCEPTED): fingerprint,
    (ItemKind.FILE, ItemState.BANKED): protect,
    (ItemKind.FILE, ItemState.PROTECTED): put_back,
    (ItemKind.FILE, ItemState.REJECTED): close,
    (ItemKind.FILE, ItemState.WITHDRAWN): withdraw,
    (ItemKind.DECLARED, ItemState.RECEIVED): offer_declared,
    (ItemKind.DECLARED, ItemState.BANKED): protect,
    (ItemKind.DECLARED, ItemState.PROTECTED): put_back,
    (ItemKind.DECLARED, ItemState.REJECTED): close,
    (ItemKind.DECLARED, ItemState.WITHDRAWN): withdraw,
    (ItemKind.URL, ItemState.DECIDED): take_effect,
    (ItemKind.PROOF, ItemState.KEPT): destroy_proof,
    (ItemKind.PROOF, ItemState.WITHDRAWN): withdraw,
    (ItemKind.URL, ItemState.ACCEPTED): notify,
    (ItemKind.URL, ItemState.REJECTED): close,
    (ItemKind.URL, ItemState.WITHDRAWN): withdraw,
}


def carry_without_decoding(item_id: uuid.UUID) -> int:
    """Take an item as far as it goes without decoding anything."""
    return carry(item_id, decode=0.0)


def carry(item_id: uuid.UUID, *, decode: float = decoding.LONG) -> int:
    """Take an item as far as is due now, each step committed by itself; return how many were taken.

    Going on at once keeps content no longer than it takes: what is fingerprinted is destroyed next. `decode`:
    seconds that decoding may take; with 0 it is left to others. Raises NotInTime.
    """
    taken = 0
    while True:
        item = Item.objects.select_related("case").get(pk=item_id)
        step = STEPS.get((ItemKind(item.kind), ItemState(item.state)))
        if step is None or item.due_at is None or item.due_at > clock.now():
            return taken
        if (step is fingerprint and not decode) or (step in DESTROYS and legal_holds.park(item)):
            return taken
        if step is fingerprint:
            fingerprint(item, decode)
        else:
            step(item)
        taken += 1
