"""A case moves to the present pepper when its holder gives the code: another lookup, another key pair.

What was sealed to the old key pair is sealed to the new one beside it, and one transaction changes the case
and all its copies: whatever dies meanwhile, the code opens the case with all its texts, either way.
What is left over in the key store is named by no row, and is swept away as what was abandoned is.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.cases.models import Case, Message, SealedNote
from disrupt.hotline.common.codes import Derived
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.sealing import SealBroken
from disrupt.hotline.common.store.vault import ContentDestroyed, DestructionFailed, SealedText, VaultId


@dataclass(frozen=True)
class _Copy:
    """A text for who has the code, and the columns in which it stands."""

    row: Message | SealedNote
    name: str
    text: str

    @property
    def sealed(self) -> SealedText:
        return SealedText(VaultId(getattr(self.row, self.name)), bytes(getattr(self.row, self.text)))

    def put(self, sealed: SealedText) -> None:
        setattr(self.row, self.name, sealed.vault_id)
        setattr(self.row, self.text, sealed.ciphertext)
        self.row.save(update_fields=[self.name, self.text])


class _WrittenMeanwhile(Exception):
    """Something was added to the case, or it moved or was erased, while its copies were sealed."""


def move(case: Case, before: Derived, present: Derived) -> bool:
    """Whether the case answers to `present` now; if not, it still does to `before`, until the next time.

    Visits that are open elsewhere hold the old key, and end. It leaves no event in the ledger, which would
    say when somebody was at their screen.
    """
    anew: dict[VaultId, SealedText] = {}
    gone: set[VaultId] = set()
    left: list[VaultId] = []
    try:
        for copy in _copies(case):
            _seal_anew(copy.sealed, before, present, anew, gone)
        with transaction.atomic():
            _put(case, before, present, anew, gone)
        left = list(anew)
    except BaseException as error:
        left = [text.vault_id for text in anew.values()]
        if not isinstance(error, _WrittenMeanwhile):
            raise
        return False
    finally:
        for vault_id in left:
            # The worker sweeps away what cannot be destroyed now.
            with contextlib.suppress(DestructionFailed, OSError):
                vault.destroy(vault_id)
    return True


def _copies(case: Case) -> list[_Copy]:
    notes = SealedNote.objects.filter(case=case).exclude(copy_id=None)
    return [
        *(_Copy(message, "reporter_id", "reporter_text") for message in Message.objects.filter(case=case)),
        *(_Copy(note, "copy_id", "copy_text") for note in notes),
    ]


def _seal_anew(
    sealed: SealedText,
    before: Derived,
    present: Derived,
    anew: dict[VaultId, SealedText],
    gone: set[VaultId],
) -> None:
    try:
        text = vault.unseal(sealed, before.private_key)
    except (ContentDestroyed, SealBroken):
        gone.add(sealed.vault_id)  # it did not open before, and does not afterwards
    else:
        anew[sealed.vault_id] = vault.seal(text, present.private_key.public_key)


def _put(
    case: Case,
    before: Derived,
    present: Derived,
    anew: dict[VaultId, SealedText],
    gone: set[VaultId],
) -> None:
    if hold_case(case.pk).lookup != before.lookup:
        raise _WrittenMeanwhile
    for copy in _copies(case):
        name = copy.sealed.vault_id
        if name in anew:
            copy.put(anew[name])
        elif name not in gone:
            raise _WrittenMeanwhile
    Case.objects.filter(pk=case.pk).update(
        lookup=present.lookup,
        public_key=present.public_key,
        pepper=present.pepper,
        epoch=F("epoch") + 1,
    )
