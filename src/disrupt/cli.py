"""The `disrupt` command: one subcommand a module, imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from disrupt import __version__
from disrupt.contract import Exit
from disrupt.partner.shared.said import VOICE, Logged


@dataclass(frozen=True)
class Command:
    """A subcommand: its module offers `add_arguments(parser)` and `run(args) -> exit status`."""

    name: str
    module: str
    help: str


COMMANDS = (
    Command("hash", "disrupt.partner.hash", "fingerprint pictures and videos (JSON Lines)"),
    Command("match", "disrupt.partner.match", "look pictures and videos up in a bank (JSON Lines)"),
    Command("scan", "disrupt.partner.scan.command", "look a whole back catalogue up, going on after a kill"),
    Command("serve", "disrupt.partner.serve.command", "answer look-ups over HTTP, also at HMA's paths"),
    Command("sync", "disrupt.partner.following.command", "bring a bank up to date from a hotline's feed"),
    Command("relay", "disrupt.partner.relay.command", "fetch the lists that a hotline takes in"),
    Command("give", "disrupt.partner.relay.giving", "hand a hotline's list to StopNCII, and take back"),
    Command("heads", "disrupt.partner.heads", "is the list the one that others are given? compare and sign"),
    Command("feedback", "disrupt.partner.feedback", "tell the hotline what became of its entries here"),
    Command("key", "disrupt.partner.exchange.keys", "put another key in the place of your own"),
    Command(
        "doctor",
        "disrupt.partner.doctor.command",
        "is everything here that a look-up needs? says what is not",
    ),
    Command("test-picture", "disrupt.partner.sample", "write the picture that a hotline lists as a test"),
    Command("warm", "disrupt.partner.warm", "compile everything once, so that no later start waits for it"),
    Command("guard", "disrupt.partner.guard.command", "watch a small site's uploads, act on notices"),
    Command("completion", "disrupt.completion", "print what your shell needs to complete commands"),
    Command("bank", "disrupt.partner.bank.command", "look into a bank, or make your own from files"),
)


class _OneCommandParser(argparse.ArgumentParser):
    """Fills a subcommand's own arguments in only when that subcommand is the one that runs."""

    module = ""

    def fill(self) -> None:
        """Declare the subcommand's own arguments, once."""
        if self.module:
            importlib.import_module(self.module).add_arguments(self)
            self.module = ""
            for one in leaves(self):
                one.add_argument("--json", action="store_true", help="JSON only, also for errors")

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]  # argparse's own overloads
        self.fill()
        return super().parse_known_args(args, namespace)


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of a command that have no further ones below them."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield parser
    for action in below:
        for one in action.choices.values():
            yield from leaves(one)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="disrupt", description=__doc__)
    parser.add_argument("--version", action="version", version=f"disrupt {__version__}")
    subparsers = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_OneCommandParser
    )
    for command in COMMANDS:
        sub = subparsers.add_parser(command.name, help=command.help)
        sub.module = command.module
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; how it may end stands in `disrupt.contract`."""
    if sys.platform == "win32":
        print("disrupt: runs on Linux, and on macOS with --trusted; on Windows use WSL or a container")
        return Exit.CANNOT
    handler = logging.StreamHandler()
    handler.setFormatter(Logged())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    parser = build_parser()
    args = parser.parse_args(argv)
    args.program = parser  # for what describes the whole program
    VOICE.as_json = args.json
    module = next(command.module for command in COMMANDS if command.name == args.command)
    try:
        status: int = importlib.import_module(module).run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) went away: what it asked for is done. Point stdout elsewhere so that
        # the interpreter's own flush at exit does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    return status


if __name__ == "__main__":
    sys.exit(main())
