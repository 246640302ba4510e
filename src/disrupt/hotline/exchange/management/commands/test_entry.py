"""`manage test_entry on|off`: list the picture by which platforms prove that their chain works."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from disrupt.hotline.exchange import testentry


class Command(BaseCommand):
    """Put the test entry on the list, or take it off."""

    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("state", choices=("on", "off"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["state"] == "on":
            self.stdout.write(
                f"The test entry is {testentry.offer().pk}; partners get it with the next batch."
            )
        elif testentry.withdraw():
            self.stdout.write("The test entry is withdrawn with the next batch.")
        else:
            self.stdout.write("There is no test entry.")
