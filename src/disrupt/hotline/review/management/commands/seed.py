"""`manage seed --cases N`: fill a trial's database with made-up cases; never one that holds a real case."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.cases.models import Case
from disrupt.hotline.review import trial


class Command(BaseCommand):
    help = "Write made-up cases, for trials of speed. Refused where a real case is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, required=True, help="how many open cases")
        parser.add_argument("--closed", type=int, default=0, help="how many ended cases beside them")
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same cases")

    def handle(self, *args: Any, **options: Any) -> None:
        if Case.objects.exclude(submission__startswith=trial.MARK).exists():
            raise CommandError("This database holds cases of people: made-up ones do not belong among them.")
        if Case.objects.filter(submission__startswith=f"{trial.MARK}{options['seed']}:").exists():
            raise CommandError("The cases of this --seed are there already; choose another number.")
        began = time.monotonic()
        done = 0
        for done in trial.make(options["cases"], options["closed"], options["seed"]):
            if done % 20_000 == 0:
                self.stdout.write(f"{done} cases")
        self.stdout.write(f"{done} cases in {time.monotonic() - began:.0f} s")
