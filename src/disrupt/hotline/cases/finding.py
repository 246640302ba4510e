"""Finding the case of a code."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.db.models import F
from nacl.public import PrivateKey

from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.pepper.moving import move
from disrupt.hotline.common import codes, keys


class UnknownCode(LookupError):
    """No case answers to this code: it never existed, or it was erased (one cannot tell which)."""


@dataclass(frozen=True)
class Unlocked:
    """A case, and the private key that its code stands for: it opens what was sealed for the reporter."""

    case: Case
    private_key: PrivateKey


def find_case(typed: str) -> Case:
    """The case of a code as typed. Raises as `unlock`."""
    return unlock(typed).case


def unlock(typed: str) -> Unlocked:
    """The case of a code as typed. Raises MalformedCode, UnknownCode; both are equally slow.

    A case that an older pepper finds stands under the present one from then on.
    """
    present, *older = keys.code_peppers()
    try:
        code = codes.parse(typed)
    except codes.MalformedCode:
        for pepper in (present, *older):
            codes.derive(codes.from_bits(b"\0" * 13), pepper)
        raise
    derived = codes.derive(code, present)
    case = Case.objects.filter(lookup=derived.lookup).first()
    for pepper in older if case is None else ():
        before = codes.derive(code, pepper)
        if (case := Case.objects.filter(lookup=before.lookup).first()) is None:
            continue
        if not move(case, before, derived):
            return Unlocked(case, before.private_key)
        case.refresh_from_db()
        break
    if case is None:
        raise UnknownCode("No case answers to this code.")
    return Unlocked(case, derived.private_key)


def was_sent(submission: str) -> bool:
    """Whether a form with this token has become a case already."""
    return Case.objects.filter(submission=hashlib.sha256(submission.encode()).hexdigest()).exists()


def end_visits(pk: uuid.UUID) -> None:
    """Let no cookie of before open the case, in this browser or in any other: only the code does.

    It leaves no event in the ledger, which would say when somebody was at their screen.
    """
    Case.objects.filter(pk=pk).update(epoch=F("epoch") + 1)
