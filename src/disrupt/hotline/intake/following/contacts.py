"""Where a person may be reached, as they give it behind their code: sealed for the analysts and for them."""

from __future__ import annotations

from dataclasses import dataclass

from nacl.public import PrivateKey

from disrupt.hotline.cases import contacts as case_contacts
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.messages import read_copy, seal_for_reporter
from disrupt.hotline.cases.models import Case, SealedKind
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import ContentDestroyed, SealedText


@dataclass(frozen=True)
class Reach:
    """Where the person may be reached; nothing at all means that they come back with their code."""

    email: str = ""
    email_safe: bool = False
    telephone: str = ""
    telephone_safe: bool = False
    email_any_hour: bool = False


def change(case: Case, reach: Reach) -> None:
    """Put this contact in place of the one there was; an empty one ends all contact."""
    texts: list[SealedText] = []
    contacts = []
    try:
        for kind, value, safe, any_hour in (
            (SealedKind.EMAIL, reach.email, reach.email_safe, reach.email_any_hour),
            (SealedKind.TELEPHONE, reach.telephone, reach.telephone_safe, False),
        ):
            if value:
                texts += [vault.seal(value), seal_for_reporter(value, case.public_key)]
                contacts.append(Contact(kind, texts[-2], safe, texts[-1], any_hour))
        case_contacts.change_contacts(case, contacts)
    except BaseException:
        for text in texts:
            vault.destroy(text.vault_id)
        raise


def reach_of(case: Case, private: PrivateKey) -> Reach:
    """The contact as the person gave it, opened with the key of their code."""
    known: dict[str, tuple[str, bool]] = {}
    any_hour = False
    kinds = [SealedKind.EMAIL, SealedKind.TELEPHONE]
    for note in case.notes.filter(kind__in=kinds, aside=False).order_by("pk"):
        try:
            known[note.kind] = (read_copy(note, private), note.safe)
            any_hour |= note.any_hour
        except ContentDestroyed:
            continue
    email, telephone = known.get(SealedKind.EMAIL, ("", False)), known.get(SealedKind.TELEPHONE, ("", False))
    return Reach(*email, *telephone, any_hour)
