"""`disrupt guard`: notices and new uploads of a site with one administrator; what is off, and back again."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from disrupt.errors import DisruptError
from disrupt.partner.guard.pinned import read_keys
from disrupt.partner.guard.quarantine import Quarantine
from disrupt.partner.shared.keyfile import BadKeys
from disrupt.partner.shared.said import complain
from disrupt.protocol.notice import MOST_BYTES, NoticeError, verified

AT_HOME = ("init", "run", "notice", "status", "stop", "start", "undo-notice", "announce")
"""The actions of a guard's folder, which are in `actions`; the others need a quarantine or a key only."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=argparse.ArgumentParser
    )
    told = {
        "init": "make a guard's folder: it reports, and does nothing by itself yet",
        "run": "watch, fetch, listen, answer: what the settings allow, until told to end",
        "notice": "act on a notice now and print the answer",
        "status": "what is off, what waits, whether it is stopped, as JSON",
        "stop": "from now on nothing happens by itself",
        "start": "and again",
        "undo-notice": "put back all that was taken off for a notice",
        "announce": "print what to put at /.well-known/disrupt-guard.json",
    }
    for name in AT_HOME:
        made = actions.add_parser(name, help=told[name])
        made.add_argument("home", type=Path, metavar="HOME", help="the guard's folder")
    init = actions.choices["init"]
    init.add_argument("--host", required=True, help="this site's host, for example forum.example")
    init.add_argument(
        "--uploads",
        action="append",
        default=[],
        metavar="FOLDER[=ADDRESS]",
        help="a folder to guard, and the address that it is shown at; repeatable",
    )
    init.add_argument("--site", type=Path, help="with --kind: the folder that the software is installed in")
    init.add_argument("--kind", help="what the site runs: wordpress, discourse, mastodon, phpbb or pictrs")
    init.add_argument("--keys", required=True, type=Path, help="the hotline's keys: `name base64` a line")
    actions.choices["notice"].add_argument("file", metavar="FILE", help="- for standard input")
    actions.choices["undo-notice"].add_argument("id", metavar="NOTICE")
    verify = actions.add_parser("verify", help="is this notice the hotline's, for this host and for now?")
    verify.add_argument("notice", metavar="FILE", help="- for standard input")
    verify.add_argument("--keys", required=True, type=Path, help="the pinned keys: `name base64` a line")
    verify.add_argument("--host", required=True, help="this site's host, for example forum.example")
    conform = actions.add_parser("conform", help="try a receiver of notices with good ones and bad ones")
    conform.add_argument("--endpoint", required=True, help="the address that notices are posted to")
    conform.add_argument("--host", required=True)
    conform.add_argument("--address", required=True, help="of a file that may be taken off")
    conform.add_argument("--key-file", required=True, type=Path, help="made, and told, if new")
    hold = actions.add_parser("hold", help="take files off the site, so that they can be put back")
    hold.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    hold.add_argument("--root", required=True, type=Path, help="the site's upload folder; nothing outside it")
    hold.add_argument("--reason", required=True, help="why, for the log")
    hold.add_argument("--notice", default="", help="the id of the notice that asks for it")
    undo = actions.add_parser("undo", help="put files back as they were")
    undo.add_argument("ids", nargs="+", metavar="ID")
    appeal = actions.add_parser("appeal", help="keep what an uploader objects, beside what was taken off")
    appeal.add_argument("id", metavar="ID")
    appeal.add_argument("text", metavar="TEXT")
    actions.add_parser("list", help="what is off the site, one JSON line each")
    actions.add_parser("log", help="what was done, one JSON line each")
    for name in ("hold", "undo", "appeal", "list", "log"):
        actions.choices[name].add_argument("--quarantine", required=True, type=Path, metavar="FOLDER")


def run(args: argparse.Namespace) -> int:
    """0 done; 1 when something could not be done, or the notice is not to be acted on; 2 no keys."""
    from disrupt.partner.guard.home import BadSettings

    try:
        if args.action == "verify":
            return _verify(args)
        if args.action == "conform":
            from disrupt.partner.guard.conformance import run as conform

            return conform(args)
        if args.action in AT_HOME:
            from disrupt.partner.guard.actions import run as at_home

            return at_home(args)
        return _on_quarantine(args, Quarantine(args.quarantine))
    except (BadKeys, BadSettings) as error:
        complain(error, who="guard")
        return 2
    except (DisruptError, OSError) as error:
        complain(error, who="guard")
        return 1


def _on_quarantine(args: argparse.Namespace, quarantine: Quarantine) -> int:
    if args.action in ("list", "log"):
        for line in map(asdict, quarantine.all()) if args.action == "list" else quarantine.log():
            print(json.dumps(line))
        return 0
    if args.action == "appeal":
        held = quarantine.get(args.id)
        print(json.dumps(quarantine.note("appeal", id=held.id, notice=held.notice, text=args.text)))
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
            complain(error, who="guard")
    return 1 if failed else 0


def read_notice(name: str) -> bytes:
    """The bytes of a notice in a file, or from standard input; no more of them than a notice may have."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _verify(args: argparse.Namespace) -> int:
    """Print the notice, if it holds."""
    keys = read_keys(args.keys)
    try:
        notice = verified(read_notice(args.notice), keys=keys, host=args.host, now=datetime.now(UTC))
    except NoticeError as error:
        complain(error, who="guard")
        return 1
    print(json.dumps(notice.to_wire(), ensure_ascii=False))
    return 0
