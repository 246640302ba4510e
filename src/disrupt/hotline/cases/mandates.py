"""What only the person concerned can allow: asked for or refused by them, signed, ended."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.cases.models import Allowed, Case, Item, Mandate, Signatory, Wish
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, Actor

_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadMandate(ValueError):
    """This mandate cannot be recorded; the message says why."""


@transaction.atomic
def say(case: Case, what: Allowed, wish: Wish, actor: Actor = REPORTER) -> Mandate:
    """The person asks for a step, or refuses it; whoever refuses stops what has not left."""
    hold_case(case.pk)
    found, _made = Mandate.objects.get_or_create(case=case, what=what)
    if found.wish != wish:
        found.wish, found.wished_at = wish, clock.now()
        found.save(update_fields=["wish", "wished_at"])
        ledger.record(case, f"mandate.{wish or 'open'}", actor, data={"what": what})
    return found


@transaction.atomic
def record(
    case: Case, what: Allowed, signed_on: dt.date, signatory: Signatory, document: str, actor: Actor
) -> Mandate:
    """Somebody signed: when, as whom, and the digest of the document, which is kept outside.

    Raises BadMandate.
    """
    document = document.strip().lower()
    if not _DIGEST.fullmatch(document):
        raise BadMandate("The SHA-256 of the signed document has 64 hexadecimal digits.")
    if signed_on > clock.now().date():
        raise BadMandate("It cannot be signed in the future.")
    hold_case(case.pk)
    found, _made = Mandate.objects.get_or_create(case=case, what=what)
    if found.wish == Wish.REFUSED:
        raise BadMandate("The person has refused this step.")
    found.signed_on, found.signatory, found.document = signed_on, signatory, document
    found.recorded_by, found.recorded_at = str(actor), clock.now()
    found.save()
    data = {"what": what, "signed_on": signed_on.isoformat(), "signatory": signatory, "sha256": document}
    ledger.record(case, "mandate.recorded", actor, data=data)
    return found


@transaction.atomic
def end(case: Case, what: Allowed, actor: Actor) -> None:
    """It was taken back, or recorded by mistake. Idempotent."""
    hold_case(case.pk)
    found = Mandate.objects.filter(case=case, what=what).exclude(signed_on=None)
    if found.update(signed_on=None, signatory="", document="", recorded_by="", recorded_at=None):
        ledger.record(case, "mandate.ended", actor, data={"what": what})


def in_force(items: Iterable[Item], what: Allowed) -> Mandate | None:
    """The mandate of the first of these items that has one and was not taken back."""
    cases = [item.case_id for item in items if item.state != ItemState.WITHDRAWN]
    found = Mandate.objects.filter(case__in=cases, what=what).select_related("case").order_by("pk")
    return next((one for one in found if one.is_in_force), None)


def forget(case: Case) -> None:
    """What a case had, when it is purged or erased; the ledger says that there was one."""
    Mandate.objects.filter(case=case).delete()
