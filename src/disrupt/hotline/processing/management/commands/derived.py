"""`manage derived count|withdraw`: the entries that are offered with hashes of parts of the picture."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.exchange.services import OPERATOR
from disrupt.hotline.processing import derived


class Command(BaseCommand):
    """Count derived entries, or take them back from every partner."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("count", help="how many entries have derived hashes, and whether more are made")
        actions.add_parser("withdraw", help="offer those entries anew without them; the old are withdrawn")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "count":
            state = "on" if settings.DERIVED_ENTRIES else "off"
            self.stdout.write(
                f"{sum(1 for _ in derived.offered())} entries; DISRUPT_DERIVED_ENTRIES is {state}"
            )
            return
        if settings.DERIVED_ENTRIES:
            raise CommandError(
                "DISRUPT_DERIVED_ENTRIES is on: the worker would make more. Unset it, start the worker "
                "again, then run this again."
            )
        self.stdout.write(
            f"{derived.withdraw_all(OPERATOR)} entries are offered anew without derived hashes."
        )
