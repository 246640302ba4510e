"""`disrupt key rotate`: put another key in the place of the one in a file, by asking the exchange for it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from disrupt.errors import DisruptError
from disrupt.partner.exchange.client import Exchange
from disrupt.partner.following.feed_client import BadAddress
from disrupt.partner.shared.atomic import write_private
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.said import complain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    rotate = actions.add_parser("rotate", help="another key in the place of this one, which ends in a week")
    rotate.add_argument("--url", required=True, help="the exchange, for example https://exchange.example")
    rotate.add_argument(
        "--key-file",
        required=True,
        type=Path,
        help="with the scope exchange:key:rotate; the new key replaces it",
    )


def run(args: argparse.Namespace) -> int:
    """0 the file holds the new key; 1 it holds the old one; 2 for an unusable address or file."""
    try:
        file = args.key_file.resolve()
        key = read_key(file)
        exchange = Exchange(args.url, key)
    except DisruptError as error:
        complain(error, who="key")
        return 2
    with exchange:
        try:
            # Whether the file can be replaced is known before there is a key that only it would hold.
            write_private(file, f"{key}\n")
            fresh = exchange.rotate_key()
            write_private(file, f"{fresh.key}\n")
        except DisruptError as error:
            complain(error, who="key")
            return 2 if isinstance(error, BadAddress) else 1
        except OSError as error:
            complain(error, who="key", path=file)
            return 1
    ends = {"expires_at": fresh.expires_at, "old_expires_at": fresh.old_expires_at}
    print(json.dumps({name: at.isoformat() for name, at in ends.items()}))
    return 0
