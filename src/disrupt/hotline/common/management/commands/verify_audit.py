"""`manage verify_audit [--kept NUMBER:DIGEST]`: verify the audit log, and compare it with a note."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.common import audit, numerals


class Command(BaseCommand):
    help = "Verify the chain of the audit log; note elsewhere what it prints, and give it back next time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kept", metavar="NUMBER:DIGEST", help="what an earlier run printed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count, digest = audit.verify()
        except audit.AuditBroken as error:
            raise CommandError(str(error)) from None
        if options["kept"]:
            number, _sep, kept = options["kept"].partition(":")
            known = numerals.number_after("", number)
            if known is None or not audit.holds(known, kept):
                raise CommandError("The audit log is another one than what was noted of it.")
        self.stdout.write(f"{count}:{digest}")
