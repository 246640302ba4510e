"""Finding the case of a code."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.db.models import F
from nacl.public import PrivateKey

from disrupt.hotline.cases.models import (
    Case,
)
from disrupt.hotline.common import codes


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
    """The case of a code as typed. Raises MalformedCode, UnknownCode; both are as slow as a find."""
    try:
        code = codes.parse(typed)
    except codes.MalformedCode:
        codes.derive(codes.from_bits(b"\0" * 13))
        raise
    derived = codes.derive(code)
    try:
        return Unlocked(Case.objects.get(lookup=derived.lookup), derived.private_key)
    except Case.DoesNotExist:
        raise UnknownCode("No case answers to this code.") from None


def was_sent(submission: str) -> bool:
    """Whether a form with this token has become a case already."""
    return Case.objects.filter(submission=hashlib.sha256(submission.encode()).hexdigest()).exists()


def end_visits(pk: uuid.UUID) -> None:
    """Let no cookie of before open the case, in this browser or in any other: only the code does.

    It leaves no event in the ledger, which would say when somebody was at their screen.
    """
    Case.objects.filter(pk=pk).update(epoch=F("epoch") + 1)
