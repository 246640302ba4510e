"""Decodes contents as the worker and the console do, then waits to have its memory looked at.

`python -m tests.promises.memory_reader VAULT_ID...`: says "done" and stays until its standard input closes.
"""

from __future__ import annotations

import os
import sys


def main(names: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.worker.settings"
    import django

    django.setup()
    from disrupt.fingerprint import fingerprint_file, look
    from disrupt.hotline.cases.models import Item
    from disrupt.hotline.processing import decoding

    for name in names:
        with decoding.content_of(Item(vault_id=name)) as content:
            fingerprint_file(content, sandbox=decoding.sandbox())
            look(content, sandbox=decoding.sandbox())
    print("done", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
