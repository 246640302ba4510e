"""What becomes of an upload: a form takes it, its sender takes it back, or its time is over."""

from __future__ import annotations

import hashlib

from django.db import transaction

from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.asking.drafts import Draft, Waiting
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving.resumable import UnknownUpload


def _draft_key(draft: Draft) -> str:
    return hashlib.blake2b(draft.token.encode(), digest_size=32, person=b"upload-draft").hexdigest()


def take_back(owner: str, name: str) -> None:
    """The sender does not want it any more: destroyed at once. Raises UnknownUpload."""
    row = Upload.objects.filter(owner=owner, name=name, draft="").first()
    if row is None:
        raise UnknownUpload("No such upload.")
    destroy(row.pk)


def forget_sender(owner: str) -> None:
    """The sender left in a hurry: nothing can be reached any more, and the worker destroys it next."""
    Upload.objects.filter(owner=owner, draft="").update(expires_at=clock.now())


def claim(owner: str, draft: Draft, room: int) -> tuple[Draft, int]:
    """Put the sender's whole uploads into a form, at most `room`; return it and how many are left out.

    Asked again with the same form (its answer was lost), the same files come again; with another, none.
    """
    key = _draft_key(draft)
    held = {waiting.file.vault_id for waiting in draft.files}
    rows = Upload.objects.filter(
        owner=owner, draft__in=["", key], whole_at__isnull=False, expires_at__gt=clock.now()
    )
    found: list[Waiting] = []
    left_out = 0
    for row in rows.order_by("pk"):
        if row.content in held or (row.draft and not vault.exists(row.content)):
            continue
        if len(found) >= room:
            left_out += not row.draft
        elif row.draft == key or Upload.objects.filter(pk=row.pk, draft="").update(draft=key):
            found.append(Waiting(DepositedFile(row.content, row.length), row.whole_at or clock.now()))
    return draft.with_waiting(tuple(found)), left_out


def sent(draft: Draft) -> None:
    """The form's case is open: its uploads are that case's files from now on."""
    held = [waiting.file.vault_id for waiting in draft.files]
    Upload.objects.filter(vault_id__in=held).delete()


def expired() -> list[int]:
    """The rows whose time is over."""
    return list(
        Upload.objects.filter(expires_at__lte=clock.now()).order_by("pk").values_list("pk", flat=True)[:200]
    )


@transaction.atomic
def destroy(pk: int) -> None:
    """Destroy an upload and its row; only the row, when a case holds the content. Safe to repeat."""
    row = Upload.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    if not Item.objects.filter(vault_id=row.vault_id).exists():
        vault.destroy(row.content)
    row.delete()
