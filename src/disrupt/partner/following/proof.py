"""Checks that a feed is the one that everybody is given: signature, order, nothing dropped, nothing altered.

The hashes of all changes are added up to the tree's root, which the hotline has signed; what is known of the
tree is kept beside the bank (`log.json`), so that no later page may contradict it. Each way of cheating has
an error of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.following.naming import Prove, first_other
from disrupt.partner.shared.atomic import write_private
from disrupt.protocol.columns.page import Columns, grow
from disrupt.protocol.feed import Added, Malformed, Page, Withdrawn
from disrupt.protocol.merkle import Frontier, is_consistent, leaf_hash
from disrupt.protocol.plain import BulkPage, Plain
from disrupt.protocol.signed_log import (
    SALT,
    BadLog,
    Head,
    commitment,
    content_of,
    leaf_of,
    read_head,
    read_log_part,
)

FILE = "log.json"


class NotProven(SyncError):
    """The page brings no proof, or one that cannot be read, though this feed has proofs."""


class BadSignature(SyncError):
    """No key that is trusted here has signed the head."""


class Replayed(SyncError):
    """The page is an old one: a newer head of this log is known here."""


class Altered(SyncError):
    """A change of the page is not what the hotline logged, or one was dropped or put in."""


class Forked(SyncError):
    """The log is not a continuation of what this reader was shown before: there are two histories."""


@dataclass
class Proof:
    """What is known of a feed's log. `trees`: the last two positions read; `head`: the newest verified.

    `keys` are trusted; empty means that the first head's are taken (trust on first use). `signed` is the head
    as the hotline signed it: what can be shown to others.
    """

    file: Path | None = None
    keys: tuple[str, ...] = ()
    trees: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    head: tuple[int, bytes] | None = None
    required: bool = False
    signed: Head | None = None
    _seen: Head | None = None

    @classmethod
    def load(cls, folder: Path, keys: Iterable[str] = (), of: str = "") -> Proof:
        """What was kept beside the bank, and the keys given by hand. Raises SyncError.

        `of`: a source of the bank beside the one that it was made of.
        """
        apart = "-" + hashlib.sha256(of.encode()).hexdigest()[:16] if of else ""
        given, file = tuple(keys), folder / FILE.replace(".", f"{apart}.")
        try:
            raw: Any = json.loads(file.read_bytes())
            trees = {int(size): tuple(map(bytes.fromhex, peaks)) for size, peaks in raw["trees"].items()}
            head = (int(raw["head"][0]), bytes.fromhex(raw["head"][1]))
            kept = tuple(bytes.fromhex(key).hex() for key in raw["keys"])
            signed = read_head(raw["signed"]) if "signed" in raw else None
        except FileNotFoundError:
            return cls(file, given, required=bool(given))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise SyncError(f"{file} cannot be read: it holds what is known of the hotline's log.") from None
        return cls(file, given or kept, trees, head, required=True, signed=signed)

    def anew(self, *, keep: bool = False) -> Proof:
        """For reading everything from the start: the keys are kept; the rest is put aside, to compare.

        `keep`: its file stays where it is.
        """
        if self.file is not None and self.file.exists() and not keep:
            self.file.replace(self.file.with_stem(f"{self.file.stem}-before"))
        return Proof(self.file, self.keys, required=self.required)

    def save(self) -> None:
        """Keep it; called before the page is applied: both positions are there, whichever the bank has."""
        if self.file is None or self.head is None:
            return
        value = {
            "keys": list(self.keys),
            "head": [self.head[0], self.head[1].hex()],
            **({"signed": self.signed.to_wire()} if self.signed else {}),
            "trees": {str(size): [one.hex() for one in peaks] for size, peaks in self.trees.items()},
        }
        write_private(self.file, json.dumps(value))

    def check(self, base: str, page: Page | BulkPage, after: int, prove: Prove | None = None) -> None:
        """Verify a page that follows `after`; `prove` is asked which change of a bad one is the first.

        Raises NotProven, BadSignature, Replayed, Altered, Forked.
        """
        if page.log is None:
            if self.required:
                raise NotProven(f"{base} sent a page without its proof. Nothing of it was applied.")
            return
        try:
            part = read_log_part(page.log)
            tree = Frontier(after, part.before)
        except (BadLog, ValueError) as error:
            raise NotProven(f"{base} sent a page whose proof cannot be read: {error}.") from None
        known = self.trees.get(after)
        if known is not None and known != part.before:
            raise Forked(
                f"{base} shows another history up to change {after} than before: its log was forked. Nothing "
                "was applied; tell the hotline and compare heads with another partner."
            )
        self.check_head(base, part.head)
        before = tree.copy()
        leaves = self._add(base, page, tree)
        size, root = part.head.size, part.head.root
        if not is_consistent(tree.size, size, tree.root(), root, part.consistency):
            which = first_other(before, [bytes(leaf) for leaf in leaves], part.head, prove) if prove else None
            raise _named(base, page, after, tree.size, size, which)
        self.trees = {after: part.before, tree.size: tuple(tree.peaks)}
        self.head, self.keys, self.required = (size, root), part.head.keys, True
        self.signed = part.head

    def check_head(self, base: str, head: Head) -> None:
        """Verify a head by itself. Raises BadSignature, Replayed, Forked."""
        if head == self._seen:  # every page of a long run brings the same one
            return
        pairs = zip(head.keys, head.signatures, strict=True)
        signed = [key for key, one in pairs if is_signed(head, key, one)]
        if len(signed) < len(head.keys) or (self.keys and not set(signed) & set(self.keys)):
            raise BadSignature(
                f"{base}: its list is not signed by a key that is trusted here "
                f"({', '.join(self.keys) or 'none'}). If the hotline says that it has a new key, give it "
                "with --log-key."
            )
        self._compare(base, head)
        self._seen = head

    def _compare(self, base: str, head: Head) -> None:
        if self.head is None:
            return
        if head.size < self.head[0]:
            raise Replayed(
                f"{base} sent an old page: its head has {head.size} changes, a newer one of {self.head[0]} "
                "is known here. (After a restored backup: --from-start.)"
            )
        if head.size == self.head[0] and head.root != self.head[1]:
            raise Forked(
                f"{base} signed two different histories of {head.size} changes. Nothing was applied."
            )

    def _add(self, base: str, page: Page | BulkPage, tree: Frontier) -> Iterable[bytes | NDArray[np.uint8]]:
        """Add the leaves of a page, each recomputed from what was sent; and pass by the head known before."""
        if isinstance(page.changes, Columns):
            made = page.changes.leaves(lambda change: _leaf(base, change))
            passed = self.head[0] - tree.size if self.head is not None else 0
            if 0 < passed <= len(made):
                grow(tree, made[:passed])
                self._pass_by(base, tree)
                grow(tree, made[passed:])
            else:
                grow(tree, made)
            return made
        leaves = []
        for change in page.changes:
            leaves.append(_leaf(base, change))
            tree.add(leaves[-1])
            self._pass_by(base, tree)
        return leaves

    def _pass_by(self, base: str, tree: Frontier) -> None:
        """Raises Forked where the tree is as large as the head known before, and another."""
        if self.head is not None and tree.size == self.head[0] and tree.root() != self.head[1]:
            raise Forked(
                f"{base} shows another history of the first {tree.size} changes than it signed before. "
                "Nothing was applied; tell the hotline."
            )


def _named(base: str, page: Page | BulkPage, after: int, end: int, size: int, which: int | None) -> SyncError:
    """The error that says as exactly as can be told what does not belong to the signed head."""
    if which == after and after:
        return Forked(
            f"{base}: its signed head of {size} changes does not go on from the first {after} that were read "
            "before: its log was forked. Nothing was applied; compare heads with another partner."
        )
    if which is None or which == after:
        return Altered(
            f"{base}: the changes {after + 1} to {end} are not those that its signed head of {size} changes "
            "stands for: one was altered, dropped or put in. Nothing was applied."
        )
    change = page.changes[which - after - 1]
    about = f" (entry {change.id})" if not isinstance(change, Malformed) else ""
    return Altered(
        f"{base}: change {which}{about} is not what its signed head of {size} changes stands for: it was "
        "altered or put in, or another was dropped in its place. Nothing was applied."
    )


def _leaf(base: str, change: Plain | Added | Withdrawn | Malformed) -> bytes:
    """The hash of its leaf in the log. Raises Altered."""
    leaf = change.leaf() if isinstance(change, Plain) else None
    if leaf is not None:
        return leaf
    return leaf_hash(leaf_data(base, change.added() if isinstance(change, Plain) else change))


def leaf_data(base: str, change: Added | Withdrawn | Malformed) -> bytes:
    """What the log's leaf of a change is made of. Raises Altered where that was not sent."""
    if isinstance(change, Malformed):
        raise Altered(
            f"{base}: change {change.seq} cannot be read ({change.reason}), so it cannot be verified."
        )
    proof = change.proof or {}
    content, parts = str(proof.get("content", "")), str(proof.get("parts", ""))
    if isinstance(change, Withdrawn):
        # An addition that this reader is not shown, or that was withdrawn before it came, keeps its leaf.
        action = "added" if content else "withdrawn"
        return leaf_of(change.seq, change.at, action, change.id, content, parts)
    entry, derived = content_of(change)
    salts = [str(proof.get(name, "")) for name in ("salt", "parts_salt")]
    try:
        salt, other = (bytes.fromhex(one) for one in salts)
    except ValueError:
        raise Altered(f"{base}: change {change.seq} comes without its salt.") from None
    if len(salt) != SALT or (derived and not other):
        raise Altered(f"{base}: change {change.seq} comes without its salt.")
    content = commitment(salt, entry)
    parts = commitment(other, derived) if other else parts
    return leaf_of(change.seq, change.at, "added", change.id, content, parts)


def is_signed(head: Head, key: str, signature: bytes) -> bool:
    """Whether the holder of this key signed the head."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, head.text())
    except (InvalidSignature, ValueError):
        return False
    return True
