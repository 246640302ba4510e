"""`watch_archive FILE.warc.gz`: compare a web archive with the bank; hits wait on the console's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disrupt.hotline.takedown.watch.archives import NoArchives, compare


class Command(BaseCommand):
    help = "Compare the pictures of a web archive with the bank. Nothing of them is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            try:
                compared, found = compare(path)
            except (NoArchives, OSError) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{path}: {compared} files compared, {found} new hits")
