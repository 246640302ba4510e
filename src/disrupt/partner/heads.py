"""`disrupt heads`: show what the hotline signed, compare it with another partner's, see and be a witness."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from disrupt.matching import BankError
from disrupt.partner.following import ledgers
from disrupt.partner.following.feed_client import BadAddress, FeedClient, SyncError, base_address
from disrupt.partner.following.naming import Prove, proofs_of
from disrupt.partner.following.proof import BadSignature, Forked, Proof, is_signed
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.said import complain
from disrupt.protocol.merkle import is_consistent
from disrupt.protocol.signed_log import BadLog, Head, read_head
from disrupt.protocol.witness import Witness, read_witness

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_MOST = 1 << 16


class NoHead(SyncError):
    """There is no signed head to be found where one was looked for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    does = parser.add_subparsers(dest="does", required=True, metavar="WHAT")
    show = does.add_parser("show", help="print the newest verified head, to send to another partner")
    show.add_argument("--bank", required=True, type=Path)
    show.add_argument("--ledgers", action="store_true", help="the head of the hotline's own ledgers instead")
    compare = does.add_parser("compare", help="are two heads of one history?")
    compare.add_argument(
        "heads", nargs=2, type=Path, metavar="HEAD", help="a bank's folder, or what `show` printed"
    )
    check = does.add_parser(
        "check", help="do the exchange and its witnesses have the history that the bank has?"
    )
    check.add_argument("--bank", required=True, type=Path)
    check.add_argument(
        "--witness-key", type=Path, metavar="FILE", help="sign the head with this key (made when missing)"
    )
    for one, needed in ((compare, False), (check, True)):
        one.add_argument("--url", required=needed, help="the exchange, for the proof between two sizes")
        one.add_argument("--key-file", required=needed, type=Path, help="the file that holds the API key")


def run(args: argparse.Namespace) -> int:
    """0 one history; 1 two, or something cannot be read; 2 for an unusable address."""
    try:
        return _DOES[args.does](args)
    except (SyncError, BankError) as error:
        complain(error, who="heads")
        return 2 if isinstance(error, BadAddress) else 1
    except OSError as error:
        complain(error, who="heads")
        return 1


def head_in(where: Path) -> Head:
    """The signed head of a bank, or of a file. Raises NoHead, BadSignature."""
    if where.is_dir():
        found = Proof.load(where).signed
        if found is None:
            raise NoHead(f"{where} has no signed head yet: run `disrupt sync` first.")
        return found
    try:
        with where.open("rb") as file:
            found = read_head(json.loads(file.read(_MOST)))
    except (ValueError, RecursionError, BadLog) as error:
        raise NoHead(f"{where} holds no signed head: {error}") from None
    if not all(map(is_signed, [found] * len(found.keys), found.keys, found.signatures)):
        raise BadSignature(f"{where} was not signed by the keys that it names.")
    return found


def agree(one: tuple[int, bytes], other: tuple[int, bytes], prove: Prove) -> bool:
    """Whether two (size, root) are of one history."""
    (first, root), (second, newer) = sorted((one, other))
    if first == second:
        return root == newer
    return is_consistent(first, second, root, newer, prove(first, second))


def _show(args: argparse.Namespace) -> int:
    found = ledgers.known_in(args.bank) if args.ledgers else head_in(args.bank)
    if found is None:
        raise NoHead(f"{args.bank} holds no head of the ledgers yet: run `disrupt heads check`.")
    print(json.dumps(found.to_wire()))
    return 0


def _compare(args: argparse.Namespace) -> int:
    one, other = (head_in(path) for path in args.heads)
    if not set(one.keys) & set(other.keys):
        raise BadSignature("The heads are signed by different keys: they are of two hotlines, or forged.")
    if one.size == other.size:
        same = one.root == other.root
    elif args.url and args.key_file:
        with FeedClient(base_address(args.url), read_key(args.key_file)) as client:
            same = agree((one.size, one.root), (other.size, other.root), proofs_of(client))
    else:
        raise NoHead(
            f"One head is of {one.size} changes, the other of {other.size}: give --url and --key-file, so "
            "that the exchange proves that one is a beginning of the other."
        )
    if not same:
        raise Forked(
            f"These heads ({one.size} and {other.size} changes) are not of one history, and one key signed "
            "both. Keep the two files: they are the proof."
        )
    if args.json:
        print(json.dumps({"one_history": True, "sizes": [one.size, other.size]}))
    else:
        print(f"one history: {one.size} and {other.size} changes")
    return 0


def _check(args: argparse.Namespace) -> int:
    proof = Proof.load(args.bank)
    if proof.head is None:
        raise NoHead(f"{args.bank} has no signed head yet: run `disrupt sync` first.")
    mine = proof.head
    with FeedClient(base_address(args.url), read_key(args.key_file)) as client:
        held = ledgers.known_in(args.bank)
        prove = proofs_of(client)
        said = client.ask("/v1/log", first=mine[0], ledgers=held.size if held else 0)
        head, witnesses = _read(client.base, said)
        proof.check_head(client.base, head)
        if not agree(mine, (head.size, head.root), prove):
            raise Forked(f"{client.base} does not go on from the {mine[0]} changes that the bank has.")
        for one in witnesses:
            _look_at(one, mine, prove)
        if "ledgers" in said:
            ledgers.take(client.base, args.bank, proof.keys, said["ledgers"])
        if args.witness_key:
            client.tell("/v1/log/witness", _signed(args.witness_key, mine).to_wire())
    newest = max((one.size for one in witnesses), default=0)
    if args.json:
        told = {"one_history": True, "sizes": [mine[0], head.size]}
        seen_by = {"witnesses": len(witnesses), "witnessed": newest, "signed": bool(args.witness_key)}
        print(json.dumps(told | seen_by))
        return 0
    seen = (
        f"{len(witnesses)} witnesses agree, up to change {newest}" if witnesses else "no witness has signed"
    )
    print(f"one history up to change {head.size}; {seen}{'; signed' if args.witness_key else ''}")
    return 0


def _read(base: str, said: Any) -> tuple[Head, list[Witness]]:
    try:
        return read_head(said["head"]), [read_witness(one) for one in said["witnesses"]]
    except (BadLog, LookupError, TypeError) as error:
        raise SyncError(f"{base} said something of its log that cannot be read: {error}.") from None


def _look_at(one: Witness, mine: tuple[int, bytes], prove: Prove) -> None:
    if not one.is_genuine():
        raise BadSignature(f"The exchange shows a witness {one.key} whose signature is not genuine.")
    if not agree(mine, (one.size, one.root), prove):
        raise Forked(
            f"The witness {one.key} was shown another history ({one.size} changes) than this bank. Tell the "
            "hotline, and the other partners, by another way."
        )


def _signed(file: Path, head: tuple[int, bytes]) -> Witness:
    key = _witness_key(file)
    bare = Witness(head[0], head[1], key.public_key().public_bytes_raw().hex())
    return Witness(bare.size, bare.root, bare.key, key.sign(bare.text()))


def _witness_key(file: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not file.exists():
        made = Ed25519PrivateKey.generate().private_bytes_raw().hex()
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"{made}\n")
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_key(file)))
    except ValueError:
        raise NoHead(f"{file} holds no witness key: 64 hexadecimal digits.") from None


_DOES: dict[str, Callable[[argparse.Namespace], int]] = {"show": _show, "compare": _compare, "check": _check}
