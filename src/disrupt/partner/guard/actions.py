"""The actions of `disrupt guard` on a guard's folder: make it, run it, stop it, ask how it stands."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from disrupt.fingerprint import Sandbox
from disrupt.partner.guard.command import read_notice
from disrupt.partner.guard.desk import Desk, undo_notice
from disrupt.partner.guard.home import BadSettings, Home, Uploads, make, read
from disrupt.partner.guard.quarantine import Quarantine
from disrupt.partner.guard.records import Records
from disrupt.partner.shared.said import complain

KINDS: dict[str, tuple[str, str]] = {
    "wordpress": ("wp-content/uploads", "/wp-content/uploads/"),
    "discourse": ("public/uploads", "/uploads/"),
    "mastodon": ("public/system", "/system/"),
    "django": ("media", "/media/"),
    "phpbb": ("files", ""),  # shown by download/file.php, by a number of the database
    "pictrs": ("files", ""),  # shown by names of its own; Lemmy keeps its pictures there
}
"""Where the software keeps uploads below its folder, and at which path it shows them ("": not by path)."""

_WAITING = ("path", "address", "notice", "reason", "action")
"""What is told of each that waits."""


def run(args: argparse.Namespace) -> int:
    """As `command.run`. Raises DisruptError, OSError."""
    if args.action == "init":
        home = make(args.home, args.host, list(_uploads(args)), args.keys.read_text("utf-8"))
        for one in home.uploads:
            complain(f"{one.folder} is guarded{f', shown at {one.at}' if one.at else ''}")
        print(json.dumps(home.announcement()))
        return 0
    home = read(args.home)
    if args.action == "run":
        from disrupt.partner.guard.running import run as run_guard

        run_guard(home)
    elif args.action == "notice":
        return _act(home, args.file)
    elif args.action in ("stop", "start"):
        home.stop(args.action == "stop")
        print(json.dumps({"stopped": home.stopped}))
    elif args.action == "undo-notice":
        back, failed = undo_notice(home, args.id)
        for error in failed:
            complain(error, who="guard")
        print(json.dumps({"put_back": back}))
        return 1 if failed else 0
    else:
        print(json.dumps(home.announcement() if args.action == "announce" else _status(home)))
    return 0


def _act(home: Home, name: str) -> int:
    """Receive a notice, look for its copies, print the signed answer's payload."""
    with Sandbox(workers=home.jobs) as sandbox:
        desk = Desk(home, sandbox)
        answer = desk.finish(desk.receive(read_notice(name)).notice)
    print(json.dumps(answer.to_wire(), ensure_ascii=False))
    return 0


def _uploads(args: argparse.Namespace) -> Iterator[Uploads]:
    if args.kind:
        if args.kind not in KINDS or args.site is None:
            raise BadSettings(f"--kind is one of {', '.join(KINDS)}, and --site its folder")
        below, path = KINDS[args.kind]
        yield Uploads(args.site / below, f"https://{args.host}{path}" if path else "")
    for told in args.uploads:
        folder, _, at = told.partition("=")
        yield Uploads(Path(folder), at)


def _status(home: Home) -> dict[str, Any]:
    """How it stands; `waiting`: files that somebody should look at, and that are still there, and addresses
    of which nobody could say where they lead."""
    quarantine, records = Quarantine(home.quarantine), Records(home.folder / "notices")
    waiting = {
        line.get("path") or line["address"]: {key: line[key] for key in _WAITING if key in line}
        for line in quarantine.log()
        if line["deed"] in ("waiting", "found")
    }
    return {
        "host": home.host,
        "stopped": home.stopped,
        "on_notice": home.on_notice,
        "on_match": home.on_match,
        "held": sum(1 for _ in quarantine.all()),
        "notices": sum(1 for _ in records.all()),
        "unfinished": len(records.unfinished()),
        "waiting": [one for one in waiting.values() if "path" not in one or Path(one["path"]).exists()],
    }
