"""`manage host_figures`: what hosts did with notices in a year, as it may go outside."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from disrupt.hotline.takedown.figures import hosts


class Command(BaseCommand):
    help = "Print the figures of the last year as JSON: no count under five, small hosts among the others."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(hosts.for_outside(), ensure_ascii=False, indent=1))
