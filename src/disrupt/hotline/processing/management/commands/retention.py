"""`manage retention [--dry-run]`: destroy what has come to its end, as the worker does, or only say what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from disrupt.hotline.cases import legal_holds
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.common.switches import resting
from disrupt.hotline.processing import forecast, tasks
from disrupt.hotline.processing.forecast import Ending

WORDS = {
    "personal": "closed cases whose words, messages, contacts and addresses end",
    "texts": "cases that go on whose words, messages and contacts end",
    "proofs": "proofs that end",
    "contents": "files whose next step destroys them",
    "erasures": "cases that their reporter erased under a hold",
}


class Command(BaseCommand):
    help = "Destroy what has come to its end, as the worker does; --dry-run only says what that would be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="destroy nothing, say what would be")
        parser.add_argument(
            "--days", type=int, default=0, help="with --dry-run: also what ends within so many"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for ending in forecast.within(dt.timedelta(days=options["days"])):
            self._say(ending)
        self.stdout.write(f"{forecast.fingerprints()} withdrawn entries whose fingerprints are erased")
        self.stdout.write(f"{legal_holds.open_holds().count()} legal holds")
        if options["dry_run"]:
            self.stdout.write("Nothing was destroyed.")
            return
        done = Sweep(resting(tasks.RETENTION)).once()
        self.stdout.write(f"{done} steps were taken.")

    def _say(self, ending: Ending) -> None:
        self.stdout.write(f"{ending.count} {WORDS[ending.kind]} ({ending.kept} more are held)")
        for case, ends in ending.first:
            self.stdout.write(f"  {case.reference} {ends.isoformat(timespec='minutes') if ends else ''}")
