"""The command `rotate`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from disrupt.hotline.common import clock
from disrupt.hotline.operating.backup.places import Places

NAMES = {"rotate"}


def add_to(commands: Any) -> None:
    """Add this command to the program's."""
    rotate = commands.add_parser(
        "rotate",
        help="replace the review key, the codes' pepper or the cookies' secrets, while everything runs",
        description="Makes a new key beside the old one; of the review key it also seals anew what waits. "
        "Start the processes that hold it again, run it again until nothing is left, then use --finish. "
        "Of the pepper, each case moves when its holder comes; --finish says how many have not.",
    )
    rotate.add_argument("what", choices=("review", "pepper", "cookies"))
    rotate.add_argument("--finish", action="store_true", help="destroy the old key, unless it is needed")


def run(args: argparse.Namespace, places: Places) -> int:
    """Run `rotate`; return the exit status."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.all_in_one"
    import django

    django.setup()
    return act(args, places)


def act(args: argparse.Namespace, places: Places) -> int:
    """The same, where Django is ready."""
    return {"review": _review, "pepper": _pepper, "cookies": _cookies}[args.what](args, places)


def _cookies(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.operating.rotating import cookies

    if args.finish:
        cookies.finish(places.keys)
        sys.stdout.write("Cookies of before are good no more once portal and console started again.\n")
    else:
        cookies.begin(places.keys)
        sys.stdout.write("New secrets. Start portal and console again; tomorrow use --finish.\n")
    return 0


def _pepper(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.operating.rotating import pepper

    if not args.finish:
        pepper.begin(places.keys, clock.true_now())
        sys.stdout.write("There is a new pepper. Start all portals and workers again, together.\n")
        return 0
    found = pepper.older(places.keys)
    if not found:
        sys.stdout.write("No pepper is being replaced.\n")
        return 0
    if not pepper.is_used(places.keys):
        sys.stderr.write(
            "No case has the new pepper yet, so that a portal may still run with the old one: start all "
            "portals again, and use --finish once somebody has reported or given their code.\n"
        )
        return 1
    for one in found:
        need = one.needed_by
        sys.stdout.write(
            f"{one.path.name}: needed by {need.cases} case(s) whose holder has not come since, "
            f"and {need.files} file(s) by which one can ask to stop.\n"
        )
    if pepper.finish(places.keys):
        sys.stdout.write("It is kept for these.\n")
        return 1
    sys.stdout.write("The old pepper is destroyed. Make a backup now: older ones hold it.\n")
    return 0


def _review(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.common.keys import review_lock
    from disrupt.hotline.operating.rotating import review

    if review_lock(places.keys).exists():
        sys.stderr.write("The review key is locked: `review-lock --off`, rotate, then lock the new one.\n")
        return 2
    if not args.finish and not review.older(places.keys):
        review.begin(places.keys, clock.true_now())
        sys.stdout.write("There is a new review key. Start portal, console and worker again.\n")
    done = review.seal_anew()
    sys.stdout.write(f"Sealed anew: {done.texts} text(s) or file(s), {done.contents} file(s) in pieces.\n")
    if done.left:
        sys.stdout.write(f"Still under the old key: {done.left}, on their way in. Run this again later.\n")
        return 1
    if args.finish:
        review.finish(places.keys)
        sys.stdout.write("The old key is destroyed. Make a backup now: older ones hold it.\n")
    return 0
