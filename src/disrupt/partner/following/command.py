"""`disrupt sync`: bring a bank up to date, once or for ever."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from disrupt.matching import Bank, BankError
from disrupt.partner.following.feed_client import BadAddress, FeedClient, SyncError, base_address
from disrupt.partner.following.listing import ListClient, sync_list
from disrupt.partner.following.ncmec_client import NcmecClient
from disrupt.partner.following.stopncii_client import StopNciiClient
from disrupt.partner.following.summary import Summary
from disrupt.partner.following.watching import Round, watch
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.options import every_so_often
from disrupt.partner.shared.said import complain
from disrupt.partner.sync import open_bank, sync

_SPEAKS: dict[str, type[FeedClient]] = {
    "disrupt": FeedClient,
    "stopncii": StopNciiClient,
    "ncmec": NcmecClient,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--url", required=True, help="the exchange, for example https://exchange.example")
    parser.add_argument("--key-file", required=True, type=Path, help="the file that holds the API key")
    parser.add_argument("--bank", required=True, type=Path, help="the bank's folder; made when missing")
    parser.add_argument(
        "--from-start",
        action="store_true",
        help="read everything anew: after the hotline restored a backup, or from another exchange",
    )
    parser.add_argument(
        "--log-key",
        nargs="+",
        default=[],
        metavar="KEY",
        help="the hotline's signing key (64 hexadecimal digits)",
    )
    parser.add_argument(
        "--watch",
        type=every_so_often,
        metavar="SECONDS",
        help="go on: news come at once, or every so often where the exchange cannot wait",
    )
    parser.add_argument(
        "--protocol",
        choices=tuple(_SPEAKS),
        default="disrupt",
        help="what the source speaks (%(default)s); with stopncii the address ends with its version, and the "
        "key file holds FETCH-KEY,SUBSCRIPTION-KEY; with ncmec it holds USER:PASSWORD",
    )
    parser.add_argument(
        "--beside", action="store_true", help="fetch this source into a bank that has another already"
    )
    parser.add_argument(
        "--health",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="with --watch: write how it goes, with every step; *.prom for Prometheus, else JSON; repeatable",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


def run(args: argparse.Namespace) -> int:
    """0 up to date; 1 when something could not be read or was skipped; 2 for an unusable address."""
    if args.dry_run and args.protocol != "disrupt":
        complain("--dry-run is for --protocol disrupt only", who="sync", code="usage")
        return 2
    if args.health and args.watch is None:
        complain("--health is for --watch", who="sync", code="usage")
        return 2
    try:
        source = base_address(args.url)
        one = _Source(args, source)
        if args.watch is None or args.dry_run:
            with one.client() as client:
                summary = one.once(client, Round(first=True))
            one.tell(summary)
            return 1 if summary.skipped or summary.quarantined else 0
        return watch(one, source, args.watch, args.health)
    except (SyncError, BankError) as error:
        complain(error, who="sync")
        return 2 if isinstance(error, BadAddress) else 1
    except OSError as error:
        complain(error, who="sync", path=args.bank)
        return 1


class _Source:
    """What is asked for on the command line, done as often as it is asked."""

    def __init__(self, args: argparse.Namespace, source: str) -> None:
        self._args, self._source = args, source
        self._bank: Bank | Path = args.bank
        self.can_wait = args.protocol == "disrupt"

    def client(self) -> FeedClient:
        """A client with the key that is in the file now. Raises KeyFileError."""
        return _SPEAKS[self._args.protocol](self._source, read_key(self._args.key_file))

    def once(self, client: FeedClient, this: Round) -> Summary:
        """One round. Raises SyncError, BankError, OSError."""
        args, anew = self._args, self._args.from_start and this.first
        if not isinstance(self._bank, Bank):
            self._bank = open_bank(args.bank, self._source, from_start=args.from_start, beside=args.beside)
        if isinstance(client, ListClient):
            return sync_list(client, self._bank, from_start=anew)
        return sync(
            client,
            self._bank,
            from_start=anew,
            log_keys=args.log_key,
            dry_run=args.dry_run,
            wait=this.wait,
            beside=args.beside,
        )

    def tell(self, summary: Summary) -> None:
        """Print what a round did."""
        print(json.dumps(summary.as_json()) if self._args.json else str(summary), flush=True)
