"""The hotline's decoders: what holds them in, how long each use may take, and how content reaches them.

A decoder sees one file and ends: nothing of one person's content is there when the next one's is decoded. The
plaintext stands in memory of the kernel's that is given back, never in this process's own for longer than a
piece of it takes to pass.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager

from disrupt.fingerprint import FingerprintError, Held, Limits, Sandbox, fingerprint_file, held
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.running.decoders import Decoders
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId

PAGE, PAGE_WAIT = 10.0, 5.0
"""Seconds of decoding for a page of the console, and of waiting for a free decoder before it says so."""
QUICK = 30.0
"""Seconds of the worker for a file, before it makes room for the next one and is taken up at leisure."""
LONG = Limits().video_seconds
_LEAST, _MOST = 3, 4


class DecoderBroken(RuntimeError):
    """Decoding fails for every file: the machine is at fault, and nothing goes on until it is mended."""


# A grey GIF of one pixel.
_GOOD = base64.b64decode("R0lGODlhAQABAIAAAICAgAAAACwAAAAAAQABAAACAkQBADs=")
_decoders = Decoders(max(_LEAST, min(os.cpu_count() or 1, _MOST)))


def sandbox() -> Sandbox:
    """The sandbox that this process shares."""
    return _decoders.sandbox()


@contextmanager
def content_of(item: Item) -> Iterator[Held]:
    """The plaintext of an item's content. Raises ContentDestroyed, SealBroken, ReviewKeyMissing."""
    with held(vault.open_briefly(VaultId(item.vault_id))) as content:
        yield content


def check() -> None:
    """Decode a file that is known to be good. Raises DecoderBroken: then no file is at fault."""
    try:
        fingerprint_file(_GOOD, sandbox=sandbox())
    except FingerprintError as error:
        raise DecoderBroken("No file can be decoded here; see why the sandbox fails.") from error
