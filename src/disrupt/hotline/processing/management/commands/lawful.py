"""`manage lawful add|list|remove|check`: lawful pictures that may never be blocked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.fingerprint.errors import FingerprintError
from disrupt.hotline.bank import lawful
from disrupt.hotline.bank.models import EntrySource
from disrupt.hotline.cases.models import Item
from disrupt.hotline.exchange.services import OPERATOR
from disrupt.protocol.generic import is_generic

_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


class Command(BaseCommand):
    """Look after the negative bank."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="put pictures, films or hashes on the list")
        add.add_argument("label", help="a name for them, by which they are listed and removed")
        add.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a picture or a film")
        add.add_argument("--pdq", nargs="+", default=[], metavar="HASH", help="PDQs: 64 hexadecimal digits")
        add.add_argument("--sha256", nargs="+", default=[], metavar="HASH")
        add.add_argument("--md5", nargs="+", default=[], metavar="HASH")
        add.add_argument("--pdq-file", type=Path, metavar="FILE", help="one PDQ a line; # begins a comment")
        actions.add_parser("list", help="the names on the list, and how many fingerprints each has")
        actions.add_parser("remove", help="take a name off the list").add_argument("label")
        actions.add_parser("check", help="entries offered already that the list answers to")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['action']}")(options)

    def do_add(self, options: dict[str, Any]) -> None:
        pdqs = [*options["pdq"], *_lines(options["pdq_file"])]
        for text in (*pdqs, *options["sha256"], *options["md5"]):
            if not _HASH.fullmatch(text):
                raise CommandError(f"{text[:80]!r} is not a hash: 64 (or, an MD5, 32) lower-case digits.")
        new = 0
        for path in options["paths"]:
            new += self._add_file(options["label"], path)
        good = [text for text in pdqs if len(text) == 64 and not is_generic(text)]
        if len(good) < len(pdqs):
            self.stderr.write(f"{len(pdqs) - len(good)} hashes left out: generic ones are never offered.")
        new += lawful.add(options["label"], OPERATOR, pdqs=good)
        for name in ("sha256", "md5"):
            for text in options[name]:
                new += lawful.add(options["label"], OPERATOR, **{name: text})
        self.stdout.write(f"{new} fingerprints are new on the list.")
        self.do_check(options)

    def _add_file(self, label: str, path: Path) -> int:
        try:
            found = fingerprint_file(path)
        except FingerprintError as error:
            raise CommandError(f"{path}: {error}") from None
        if isinstance(found, ImageFingerprint):
            hashes = [found.pdq.hex, *([found.upright.hex] if found.upright else [])]
        else:
            hashes = [frame.hex for frame in found.vpdq]
        good = [text for text in hashes if not is_generic(text)]
        return lawful.add(label, OPERATOR, sha256=found.sha256, md5=found.md5, pdqs=good)

    def do_list(self, options: dict[str, Any]) -> None:
        for label, number in lawful.names().items():
            self.stdout.write(f"{label}  {number}")

    def do_remove(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{lawful.remove(options['label'])} fingerprints are off the list.")

    def do_check(self, options: dict[str, Any]) -> None:
        """Entries that were offered before the list knew: their cases, for an analyst to look at."""
        entries = lawful.offered_already()
        items = EntrySource.objects.filter(entry__in=entries, withdrawn_at=None).values_list(
            "item_id", flat=True
        )
        for item in Item.objects.filter(pk__in=list(items)).select_related("case"):
            self.stdout.write(f"offered already: case {item.case.reference}, item {item.position}")
        if not entries:
            self.stdout.write("Nothing that is offered answers to the list.")


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    lines = (line.partition("#")[0].strip().lower() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]
