"""What is derived from a content stands beside it under a key that derives from the content's own.

So it is readable for as long as the content is, and for no moment longer: who destroys the content's key
destroys it too, wherever a copy of its ciphertext may lie.
"""

from __future__ import annotations

import hashlib

from disrupt.hotline.common import keys
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.sealing import open_bytes, open_key, seal_bytes
from disrupt.hotline.common.store.segments import SEALED_KEY
from disrupt.hotline.common.store.vault import VaultId

_PERSON = b"disrupt-beside"


def _key(vault_id: VaultId) -> bytes:
    """Of a content that came in pieces, by the key of the first. Raises as `unseal`."""
    own = open_key(vault.sealed_key(vault_id)[:SEALED_KEY], keys.review_private_keys())
    return hashlib.blake2b(key=own, digest_size=32, person=_PERSON).digest()


def seal(vault_id: VaultId, data: bytes) -> bytes:
    """Seal something derived from this content. Raises ContentDestroyed, ReviewKeyMissing."""
    return seal_bytes(data, _key(vault_id))


def unseal(vault_id: VaultId, sealed: bytes) -> bytes:
    """The same again. Raises ContentDestroyed, SealBroken, ReviewKeyMissing."""
    return open_bytes(sealed, _key(vault_id))
