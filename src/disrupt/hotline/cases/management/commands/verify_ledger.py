"""`manage verify_ledger`: verify the ledgers of all cases, also against heads that were kept elsewhere."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.cases import verifying
from disrupt.hotline.common import pulse


class Command(BaseCommand):
    help = "Verify the ledgers of all cases: any event that was altered, removed, added or moved is found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kept", type=Path, help="a list of heads from an earlier day, kept elsewhere")
        parser.add_argument("--keep", type=Path, help="write today's list of heads to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = verifying.kept_in(options["kept"]) if options["kept"] else ()
        except (verifying.NotHeads, OSError) as error:
            raise CommandError(str(error)) from error
        began = time.monotonic()
        done = verifying.verify_all(kept)
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
