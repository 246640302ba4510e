"""Keeps a report between two pages: sealed on our side, with the key on the person's side only.

The browser's session cookie holds a random key, and we hold nothing that opens the draft while
that cookie is not shown: who leaves in a hurry, or closes the browser, takes the key away. The ciphertext
goes when the report is sent or stopped, and after a day in any case (cases.retention).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import uuid

from django.contrib.sessions.backends.base import SessionBase
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from disrupt.hotline.common import keys
from disrupt.hotline.common.store import shared, vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.intake.asking import journey
from disrupt.hotline.intake.asking.journey import Journey
from disrupt.hotline.intake.visit import sessions


class NothingThere(LookupError):
    """No report is under way in this browser, or it was left for too long."""


def _box(secret: str) -> SecretBox:
    # Both halves are needed: neither our disk nor the person's browser can open a draft alone.
    return SecretBox(
        hashlib.blake2b(
            secret.encode(), key=keys.submission_key(), person=b"draft-shelf", digest_size=32
        ).digest()
    )


def load(session: SessionBase) -> Journey:
    """The report of this browser. Raises NothingThere."""
    name, secret = _ticket(session)
    try:
        sealed = vault.places(name)[0].read_bytes()
        return journey.from_json(json.loads(_box(secret).decrypt(sealed)))
    except (FileNotFoundError, CryptoError, ValueError):
        sessions.forget_draft(session)
        raise NothingThere("The report was sent, stopped or left for too long.") from None


def save(session: SessionBase, report: Journey) -> None:
    """Keep the report; makes a place for it when there is none."""
    try:
        name, secret = _ticket(session)
    except NothingThere:
        name, secret = VaultId(uuid.uuid4().hex), secrets.token_urlsafe(24)
    sealed = _box(secret).encrypt(json.dumps(journey.to_json(report)).encode())
    path = vault.places(name)[0]
    shared.make_room(path)
    # Under a name that the sweep knows how to take away, should we die here.
    beside = vault.part_path(VaultId(uuid.uuid4().hex))
    shared.make_room(beside)
    # No fsync: a process that dies loses nothing, and after a power cut somebody types one report again.
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, shared.file_mode())
    with os.fdopen(fd, "wb") as file:
        file.write(sealed)
    beside.replace(path)
    sessions.keep_draft(session, name, secret)


def destroy(session: SessionBase, *, files: bool) -> None:
    """Destroy the draft now; with `files`, what was deposited with it as well."""
    try:
        report = load(session)
        name, _secret = _ticket(session)
    except NothingThere:
        return
    if files:
        for deposited in report.draft.deposited:
            vault.destroy(deposited.vault_id)
    vault.destroy(name)
    sessions.forget_draft(session)


def _ticket(session: SessionBase) -> tuple[VaultId, str]:
    try:
        name, secret = sessions.kept_draft(session)
    except sessions.NothingOpen:
        raise NothingThere("No report is under way in this browser.") from None
    return VaultId(name), secret
