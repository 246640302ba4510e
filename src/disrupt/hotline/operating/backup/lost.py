"""What a restored hotline cannot open any more: its people are told, instead of waiting for nothing.

The key store is in no backup, so that what was destroyed stays destroyed (docs/adr/0002). After the loss of a
machine, contents and texts that nobody had treated yet are therefore lost too.
"""

from __future__ import annotations

from django.utils import translation

from disrupt.hotline.cases import messages
from disrupt.hotline.cases.models import Case, Item, SealedNote
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.correspondence.restored import words
from disrupt.hotline.operating.backup.erasures import RESTORE


def tell_of_lost_content() -> dict[str, int]:
    """Write a message to each open case whose content or texts cannot be opened; return how many of each."""
    items = [
        item
        for item in Item.objects.exclude(vault_id="").select_related("case").iterator()
        if not vault.is_whole(VaultId(item.vault_id))
    ]
    notes = [
        note
        for note in SealedNote.objects.select_related("case").iterator()
        if not vault.has_key(VaultId(note.vault_id))
    ]
    touched = [*(item.case for item in items), *(note.case for note in notes)]
    cases = {case.pk: case for case in touched if case.closed_at is None}
    with_files = {item.case_id for item in items}
    told = sum(_tell(case, case.pk in with_files) for case in cases.values())
    return {"contents": len(items), "texts": len(notes), "told": told}


def _tell(case: Case, files: bool) -> bool:
    with translation.override(case.language or "en"):
        text = words(files=files)
    try:
        return messages.write(case, text, RESTORE, token="restored")
    except messages.NobodyReads:
        return False
