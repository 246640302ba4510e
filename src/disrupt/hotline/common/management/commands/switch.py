"""`manage switch [NAME on|off --why WORDS]`: what is stopped; stop something, or let it go on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.common import switches
from disrupt.hotline.common.actors import OPERATOR


class Command(BaseCommand):
    help = "Show the kill switches, or set one, with a reason that stands in the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", choices=list(switches.Stop))
        parser.add_argument("to", nargs="?", choices=["on", "off"])
        parser.add_argument("--why", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["name"] and options["to"]:
            try:
                switches.put(switches.Stop(options["name"]), options["to"] == "on", OPERATOR, options["why"])
            except switches.ReasonMissing as error:
                raise CommandError(str(error)) from None
        on = switches.all_on()
        for name in switches.Stop:
            self.stdout.write(f"{name}: {f'stopped, {on[name].why}' if name in on else 'goes on'}")
