"""`disrupt relay`: fetch the lists that a hotline takes in, once or for ever; it touches no database."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from disrupt.contract import Exit
from disrupt.partner.following.feed_client import FeedClient, SyncError
from disrupt.partner.relay import elsewhere, words
from disrupt.partner.relay.laying import State, Waits, fetch, make_folder
from disrupt.partner.shared.keyfile import read_key
from disrupt.partner.shared.options import every_so_often
from disrupt.partner.shared.said import complain
from disrupt.protocol.taking.sources import BadSources, Source, read_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--sources", required=True, type=Path, help="the file that says which lists (JSON)")
    parser.add_argument("--folder", required=True, type=Path, help="where their pages are laid down")
    parser.add_argument("--watch", type=every_so_often, metavar="SECONDS", help="go on, every so often")


def run(args: argparse.Namespace) -> int:
    """0 all fetched; 1 one could not be; 2 the file of sources cannot be used (without --watch)."""
    rest = threading.Event()
    while True:
        try:
            sources: Sequence[Source] = read_file(args.sources)
        except BadSources as error:
            complain(error, who="relay", code="bad_sources")
            if args.watch is None:
                return Exit.CANNOT
            sources = ()
        # A slow list holds no other up; a list that does not answer gives up by itself.
        done = [threading.Thread(target=_one, args=(one, args)) for one in sources]
        for thread in done:
            thread.start()
        for thread in done:
            thread.join()
        if args.watch is None:
            good = all(not State.load(args.folder / one.name).error for one in sources)
            return Exit.DONE if good else Exit.NOT_ALL
        rest.wait(args.watch)


def _one(source: Source, args: argparse.Namespace) -> None:
    folder = args.folder / source.name
    try:
        make_folder(folder)
        key = read_key(source.key_file)
        if source.protocol == "disrupt":
            with FeedClient(source.url, key) as client:
                state = fetch(client, folder, source.log_keys)
        else:
            state = elsewhere.fetch(source, key, folder)
        words.tell(source, key, folder)
    except Waits as error:
        _note(folder, error)  # a state, not a fault: what was fetched is there
    except (SyncError, OSError) as error:
        complain(error, who="relay", path=source.name)
        _note(folder, error)
    else:
        if args.watch is None:
            said = {"source": source.name, "cursor": state.cursor, "pages": state.pages}
            print(json.dumps(said) if args.json else f"{source.name}: at change {state.cursor}", flush=True)


def _note(folder: Path, error: Exception) -> None:
    try:
        replace(State.load(folder), error=str(error)[:300]).save(folder)
    except (SyncError, OSError) as other:
        complain(other, who="relay", path=folder)
