"""`disrupt guard`: verify a hotline's notice, take files off a site, list what is off, put it back."""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from disrupt.errors import DisruptError
from disrupt.partner.guard.quarantine import Quarantine
from disrupt.partner.keyfile import BadKeys, read_named
from disrupt.protocol.ed25519 import is_key
from disrupt.protocol.notice import MOST_BYTES, NoticeError, verified


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=argparse.ArgumentParser
    )
    verify = actions.add_parser("verify", help="is this notice the hotline's, for this host and for now?")
    verify.add_argument("notice", metavar="FILE", help="- for standard input")
    verify.add_argument("--keys", required=True, type=Path, help="the pinned keys: `name base64` a line")
    verify.add_argument("--host", required=True, help="this site's host, for example forum.example")
    hold = actions.add_parser("hold", help="take files off the site, so that they can be put back")
    hold.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    hold.add_argument("--root", required=True, type=Path, help="the site's upload folder; nothing outside it")
    hold.add_argument("--reason", required=True, help="why, for the log")
    hold.add_argument("--notice", default="", help="the id of the notice that asks for it")
    undo = actions.add_parser("undo", help="put files back as they were")
    undo.add_argument("ids", nargs="+", metavar="ID")
    actions.add_parser("list", help="what is off the site, one JSON line each")
    actions.add_parser("log", help="what was done, one JSON line each")
    for name in ("hold", "undo", "list", "log"):
        actions.choices[name].add_argument("--quarantine", required=True, type=Path, metavar="FOLDER")


def run(args: argparse.Namespace) -> int:
    """0 done; 1 when something could not be done, or the notice is not to be acted on; 2 no keys."""
    try:
        if args.action == "verify":
            return _verify(args)
        quarantine = Quarantine(args.quarantine)
    except BadKeys as error:
        print(f"disrupt guard: {error}", file=sys.stderr)
        return 2
    except (NoticeError, OSError) as error:
        print(f"disrupt guard: {error}", file=sys.stderr)
        return 1
    if args.action in ("list", "log"):
        for line in map(asdict, quarantine.all()) if args.action == "list" else quarantine.log():
            print(json.dumps(line))
        return 0
    failed = 0
    for one in args.paths if args.action == "hold" else args.ids:
        try:
            held = (
                quarantine.hold(one, args.root, reason=args.reason, notice=args.notice)
                if args.action == "hold"
                else quarantine.undo(one)
            )
            print(json.dumps(asdict(held)))
        except (DisruptError, OSError) as error:
            failed += 1
            print(f"disrupt guard: {error}", file=sys.stderr)
    return 1 if failed else 0


def _verify(args: argparse.Namespace) -> int:
    """Print the notice, if it holds."""
    keys = read_keys(args.keys)
    if args.notice == "-":
        envelope = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with Path(args.notice).open("rb") as file:
            envelope = file.read(MOST_BYTES + 1)
    notice = verified(envelope, keys=keys, host=args.host, now=datetime.now(UTC))
    print(json.dumps(notice.to_wire(), ensure_ascii=False))
    return 0


def read_keys(path: Path) -> dict[str, bytes]:
    """The pinned keys of a file. Raises BadKeys."""
    return read_named(path, _key_of, "write the key's name, a space, and its 32 bytes in base64")


def _key_of(word: str) -> bytes | None:
    try:
        key = base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if is_key(key) else None
