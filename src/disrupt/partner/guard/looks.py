"""Whether a file is what a notice is about: the notice's fingerprints as a small bank of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from disrupt.fingerprint import FingerprintError, MissingFile, Sandbox
from disrupt.fingerprint.digest import digest_file
from disrupt.matching import Bank, BankEntry, FrameValue, PdqValue, look_up
from disrupt.matching.entries import check_entry
from disrupt.matching.errors import BadEntry
from disrupt.matching.lookup import Action
from disrupt.partner.answers import recognised
from disrupt.partner.guard.home import Home
from disrupt.protocol.generic import is_generic, is_generic_digest
from disrupt.protocol.notice import Notice

_ROLES = {role: role for role in ("stored", "upright", "shown")}


def entries_of(notice: Notice) -> Iterator[BankEntry]:
    """What can be looked for; hashes that describe no picture are left out, for they would match anything."""
    origin = "examined" if notice.examined else "declared"
    for number, one in enumerate(notice.contents):
        pdq = tuple(
            PdqValue(p.hex, p.quality, _ROLES.get(p.role, "derived"))  # type: ignore[arg-type]
            for p in one.pdq
            if not is_generic(p.hex)
        )
        vpdq = tuple(
            FrameValue(f.frame, f.timestamp, f.quality, f.hex) for f in one.vpdq if not is_generic(f.hex)
        )
        sha256, md5 = (
            None if digest is None or is_generic_digest(digest) else digest
            for digest in (one.sha256, one.md5)
        )
        entry = BankEntry(
            id=f"{notice.id}:{number}",
            kind=one.kind,  # type: ignore[arg-type]  # checked as the notice was parsed
            category=notice.category,
            origin=origin,  # type: ignore[arg-type]
            sha256=sha256,
            md5=md5,
            pdq=pdq,
            vpdq=vpdq,
        )
        with suppress(BadEntry):  # of a flat picture, without a digest: nothing could be found by it
            yield check_entry(entry)


@contextmanager
def bank_of(notice: Notice) -> Iterator[Bank | None]:
    """A bank of the notice's contents for as long as it is needed; None where it has none to look for."""
    entries = list(entries_of(notice))
    if not entries:
        yield None
        return
    with TemporaryDirectory(prefix="disrupt-guard-") as folder:
        yield Bank.load(Path(folder, "bank"), entries)


def seen(place: Path, bank: Bank, home: Home, sandbox: Sandbox) -> Action | None:
    """What to do with a file by the notice's own fingerprints; None where it cannot be decoded, and is not
    one of theirs to the byte.

    Raises MissingFile where it is gone meanwhile.
    """
    try:
        found = look_up(place, bank, level=home.level, sandbox=sandbox)  # type: ignore[arg-type]  # checked
    except MissingFile:
        raise
    except FingerprintError:
        with suppress(OSError), place.open("rb") as file:
            if recognised(digest_file(file), bank).action == "block":
                return "block"
        return None
    return found.action
