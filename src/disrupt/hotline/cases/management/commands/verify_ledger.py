"""`manage verify_ledger`: verify the ledgers of all cases, also against heads that were kept elsewhere."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.cases import anchoring, verifying
from disrupt.hotline.common.running import pulse
from disrupt.protocol import ed25519
from disrupt.protocol.signed_log import LEDGERS, BadLog, Head, read_head


class Command(BaseCommand):
    help = "Verify the ledgers of all cases: any event that was altered, removed, added or moved is found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kept", type=Path, help="a list of heads from an earlier day, kept elsewhere")
        parser.add_argument(
            "--head", type=Path, help="what a partner's `disrupt heads show --ledgers` printed"
        )
        parser.add_argument("--keep", type=Path, help="write today's list of heads to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = verifying.kept_in(options["kept"]) if options["kept"] else ()
        except (verifying.NotHeads, OSError) as error:
            raise CommandError(str(error)) from error
        began = time.monotonic()
        done = verifying.verify_all(kept)
        done.broken += [*anchoring.verify(), *self._against(options["head"])]
        seconds = time.monotonic() - began
        rows = {"rows": len(done.broken), "tries": 1, "why": ["LedgerBroken"]}
        pulse.feel("ledgers", {"failing": {"ledgers": rows} if done.broken else {}})
        for line in done.broken:
            self.stderr.write(line)
        if done.broken:
            raise CommandError(f"{len(done.broken)} of {done.cases} ledgers do not verify.", returncode=1)
        self.stdout.write(f"{done.events} events of {done.cases} cases verified in {seconds:.1f} s")
        if options["keep"]:
            self.stdout.write(f"{verifying.keep(options['keep'])} heads written to {options['keep']}")

    def _against(self, file: Path | None) -> list[str]:
        """What a head that a partner holds says of our anchors; whose signature it is, a person compares."""
        if file is None:
            return []
        try:
            head = read_head(json.loads(file.read_text("utf-8")), LEDGERS)
        except (ValueError, RecursionError, OSError, BadLog) as error:
            raise CommandError(f"{file} holds no head of the ledgers: {error}") from error
        if not _is_signed(head):
            raise CommandError(f"{file} was not signed by the keys that it names.")
        self.stdout.write(f"the head of {head.size} anchors is signed by {', '.join(head.keys)}")
        if anchoring.root_at(head.size) == head.root:
            return []
        return [f"The ledgers are not those of which a partner holds the head ({head.size} anchors)."]


def _is_signed(head: Head) -> bool:
    pairs = zip(head.keys, head.signatures, strict=True)
    return all(ed25519.verify(bytes.fromhex(key), head.text(), one) for key, one in pairs)
