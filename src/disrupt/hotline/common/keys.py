"""The long-lived keys of each process: made on first start, mode 0600, one folder a holder.

    keys/shared/     what every process may read: the review *public* key, the code pepper
    keys/review/     the review *private* key, and the one that signs evidence: console and worker only
    keys/exchange/   the keys that sign the log of the bank's changes
    keys/takedown/   the key under which a reported address is known again, and the one that signs notices:
                     console, worker, checker
    keys/operating/  the key of the list of what was erased (operating/backup/erasures.py), and the one that
                     signs backups: worker only
    keys/worker/     the keys that sign webhooks, beside its Django secret
    keys/<process>/  each web process's own Django secret

The portal host is given keys/shared and keys/portal only: it can seal and cannot open (D1, D3). A service
manager that hands folders over as credentials makes one of them: `shared_review.pub` for `shared/review.pub`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from nacl.public import PrivateKey, PublicKey
from nacl.signing import SigningKey

from disrupt.hotline.common.store.files import create_private
from disrupt.hotline.common.together import asking

_PEPPER, _NAME = 32, 8


@dataclass(frozen=True)
class Pepper:
    """Random bytes in the derivation of every case code. The first of a hotline has no name."""

    secret: bytes
    name: str = ""


class ReviewKeyMissing(RuntimeError):
    """This process does not hold the review private key: it can seal, and cannot open."""


PROCESSES = ("portal", "console", "exchange", "worker", "answers", "checker", "taking", "watch")


def place(keys: Path, holder: str, name: str) -> Path:
    """Where a key stands."""
    flat = keys / f"{holder}_{name}"
    return flat if flat.exists() else keys / holder / name


def _place(holder: str, name: str) -> Path:
    return place(settings.KEYS_FOLDER, holder, name)


def django_secret(keys: Path, process: str) -> str:
    """The Django secret key of one process, made on first use."""
    return create_private(place(keys, process, "django.secret"), secrets.token_hex(32).encode()).decode()


def older_secrets(keys: Path, process: str) -> list[str]:
    """The Django secret that the present one replaces, whose cookies are good until it is taken away."""
    path = place(keys, process, "django-old.secret")
    return [path.read_text("ascii")] if path.exists() else []


def create_all(keys: Path) -> None:
    """Make whatever long-lived key does not exist yet; never changes one that does."""
    if not review_lock(keys).exists():
        private = create_private(keys / "review" / "review.key", bytes(PrivateKey.generate()))
        create_private(keys / "shared" / "review.pub", bytes(PrivateKey(private).public_key))
    create_private(keys / "shared" / "code.pepper", secrets.token_bytes(32))
    create_private(keys / "portal" / "submission.key", secrets.token_bytes(32))
    create_private(keys / "exchange" / "log.key", bytes(SigningKey.generate()))
    create_private(keys / "takedown" / "address.key", secrets.token_bytes(32))
    create_private(keys / "takedown" / "notice.key", bytes(SigningKey.generate()))
    erasures_key(keys)
    backup_key(keys)
    create_private(keys / "review" / "evidence.key", bytes(SigningKey.generate()))
    second_factors_key(keys)
    hook_keys(keys)
    for process in PROCESSES:
        django_secret(keys, process)


def review_public_key() -> PublicKey:
    """The key that content, contacts and messages are sealed to."""
    return PublicKey(_place("shared", "review.pub").read_bytes())


def review_private_key() -> PrivateKey:
    """The key that opens what was sealed.

    Raises ReviewKeyMissing in a process that must not hold it, asking.NotHandedOver where several people have
    to bring it in and have not.
    """
    if not settings.MAY_OPEN:
        raise ReviewKeyMissing("This process can seal and cannot open: it is not given the review key.")
    try:
        return PrivateKey(_place("review", "review.key").read_bytes())
    except FileNotFoundError:
        lock = review_lock(settings.KEYS_FOLDER)
        if lock.exists():
            return PrivateKey(asking.review_key(lock.read_bytes(), settings.KEYHOLDER))
        raise ReviewKeyMissing("keys/review/review.key is missing: run `disrupt-hotline init`.") from None


def review_lock(keys: Path) -> Path:
    """Where the review key stands when only several people together bring it in (common/together)."""
    return place(keys, "review", "review.locked")


def review_private_keys() -> list[PrivateKey]:
    """All keys that open what was sealed: the present one first, then those that it replaces.

    Raises ReviewKeyMissing as above.
    """
    first = _place("review", "review.key")
    older = sorted(first.parent.glob(first.name.replace("review.key", "review-*.key")), reverse=True)
    return [review_private_key(), *(PrivateKey(path.read_bytes()) for path in older)]


def code_pepper() -> Pepper:
    """What is in every case code's derivation, so that a stolen database alone is no oracle."""
    return read_pepper(_place("shared", "code.pepper"))


def code_peppers() -> list[Pepper]:
    """The present one first, then those that it replaces, the newest first."""
    first = _place("shared", "code.pepper")
    older = sorted(first.parent.glob(first.name.replace("code.pepper", "code-*.pepper")), reverse=True)
    # While it is replaced, the present one stands there twice for a moment.
    return list({pepper.name: pepper for pepper in map(read_pepper, (first, *older))}.values())


def new_pepper() -> bytes:
    """Another one, as it stands in its file: its name, and 32 random bytes."""
    return secrets.token_hex(_NAME // 2).encode() + secrets.token_bytes(_PEPPER)


def read_pepper(path: Path) -> Pepper:
    """The pepper in a file: 32 bytes, after its name if it has one."""
    data = path.read_bytes()
    return Pepper(data[-_PEPPER:], data[:-_PEPPER].decode("ascii"))


def address_key() -> bytes:
    """32 bytes that make the digest of an address useless to whoever has the database alone."""
    return create_private(_place("takedown", "address.key"), secrets.token_bytes(32))


def notice_key() -> SigningKey:
    """What signs notices that a site reads by itself."""
    path = _place("takedown", "notice.key")
    return SigningKey(create_private(path, bytes(SigningKey.generate())))


def evidence_key() -> SigningKey:
    """What signs the evidence file of a case."""
    path = _place("review", "evidence.key")
    return SigningKey(create_private(path, bytes(SigningKey.generate())))


def second_factors_key(keys: Path | None = None) -> bytes:
    """32 bytes under which analysts' second factors rest."""
    path = place(keys or settings.KEYS_FOLDER, "console", "mfa.key")
    return create_private(path, secrets.token_bytes(32))


def name_of(key: SigningKey) -> str:
    """What a key is called where its public half is pinned."""
    return hashlib.sha256(bytes(key.verify_key)).hexdigest()[:16]


def erasures_key(keys: Path | None = None) -> bytes:
    """32 bytes under which the list of what was erased names it; every backup holds them."""
    path = place(keys or settings.KEYS_FOLDER, "operating", "erasures.key")
    return create_private(path, secrets.token_bytes(32))


def backup_key(keys: Path) -> SigningKey:
    """What signs backups, so that a restore knows who made one; every backup holds it."""
    path = place(keys, "operating", "backup.key")
    return SigningKey(create_private(path, bytes(SigningKey.generate())))


def log_keys() -> list[SigningKey]:
    """What signs the heads of the log: `log.key`, and while it is replaced `log-<anything>.key` too."""
    first = _place("exchange", "log.key")
    create_private(first, bytes(SigningKey.generate()))
    found = first.parent.glob(first.name.replace("log.key", "log*.key"))
    return [SigningKey(path.read_bytes()) for path in sorted(found)]


def hook_keys(keys: Path | None = None) -> list[SigningKey]:
    """What signs webhooks: `hooks.key`, and while it is replaced `hooks-<anything>.key` too."""
    first = place(keys or settings.KEYS_FOLDER, "worker", "hooks.key")
    create_private(first, bytes(SigningKey.generate()))
    found = first.parent.glob(first.name.replace("hooks.key", "hooks*.key"))
    return [SigningKey(path.read_bytes()) for path in sorted(found)]


def submission_key() -> bytes:
    """32 bytes from which the portal derives a form's case code (the same form sent twice is one case)."""
    return _place("portal", "submission.key").read_bytes()
