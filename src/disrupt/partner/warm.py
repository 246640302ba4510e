"""`disrupt warm`: compile every kernel once and keep it, so that no later process has to."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from disrupt.fingerprint import Sandbox
from disrupt.partner.shared.said import complain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--cache",
        metavar="DIR",
        help="keep them in this folder, and name it in DISRUPT_CACHE where they are to be found again "
        "(default: DISRUPT_CACHE, else beside the package, else the user's cache folder)",
    )


def run(args: argparse.Namespace) -> int:
    """Compile what is not there yet, in this process and in the decoders'; 1 where it cannot be kept."""
    if args.cache:
        folder = Path(args.cache).resolve()
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as error:
            complain(error, who="warm", path=folder)
            return 1
        os.environ["DISRUPT_CACHE"] = str(folder)
    began = time.monotonic()
    with Sandbox(workers=1) as sandbox:
        sandbox.protections()  # the ancestor of the decoders has compiled everything before it answers
        # Only now: the folder is chosen when these are imported. And not beside the other, since the two
        # would compile the same.
        from disrupt.fingerprint._jit import loaded
        from disrupt.matching._warm import warm_up
        from disrupt.protocol.columns._warm import warm_columns

        warm_up()
        warm_columns()
        here = loaded()
        line = {
            "compiled": here.compiled + sandbox.compiled,
            "found": here.found,
            "seconds": round(time.monotonic() - began, 1),
        }
    print(json.dumps(line))
    return 0
