"""`manage notice_key`: the key by which sites know our signed notices, as `disrupt guard` reads it."""

from __future__ import annotations

import base64
from typing import Any

from django.core.management.base import BaseCommand

from disrupt.hotline.common import keys


class Command(BaseCommand):
    help = "Print the public key of signed notices: a line for the file of keys of `disrupt guard`."

    def handle(self, *args: Any, **options: Any) -> None:
        key = keys.notice_key()
        self.stdout.write(f"{keys.name_of(key)} {base64.b64encode(bytes(key.verify_key)).decode()}")
