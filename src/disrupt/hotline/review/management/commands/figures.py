"""`manage figures rebuild [--check]`: the figures anew from what still exists, and where they differ."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.common import clock
from disrupt.hotline.insight import rebuild
from disrupt.hotline.review.figures import differences


class Command(BaseCommand):
    help = "Look after the figures."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        anew = actions.add_parser("rebuild", help="compare the rows with their sources, and mend them")
        anew.add_argument("--check", action="store_true", help="say where they differ and change nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        mend = not options["check"]
        found = list(differences(apps.get_model, clock.now(), mend=mend))
        for one in found:
            self.stdout.write(f"{one.day} {one.kind}: {one.counted} counted, {one.found} found")
        sums = rebuild.wrong_months(apps.get_model, mend=mend)
        for month in sums:
            self.stdout.write(f"{month:%Y-%m}: its sums are not those of its days")
        wrong = len(found) + len(sums)
        if wrong and not mend:
            raise CommandError(f"{wrong} differences; `manage figures rebuild` mends them.")
        self.stdout.write(f"{wrong} differences{' mended' if wrong else ''}.")
