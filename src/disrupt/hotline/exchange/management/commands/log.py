"""`manage log`: the public keys that sign the log, and its head, for partners to compare."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from disrupt.hotline.bank import log
from disrupt.hotline.common.keys import log_keys
from disrupt.hotline.exchange.proving.proofs import logged


class Command(BaseCommand):
    """Tell the public keys and the head; nothing here is secret."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        for key in log_keys():
            self.stdout.write(f"key  {bytes(key.verify_key).hex()}")
        size = logged()
        self.stdout.write(f"head  {size} changes  {log.tree_at(size).root().hex()}")
