"""Run in a hotline's environment: threads offer and withdraw entries at once (`many_writers.py 20 10`)."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import django


def write(writer: int, times: int) -> None:
    from django.db import connection
    from tests.functional.fill_bank import add, withdraw

    try:
        for number in range(times):
            add(f"writer {writer} {number}", "image", "")
            if number % 3 == 0:
                withdraw(f"writer {writer} {number}")
    finally:
        connection.close()


if __name__ == "__main__":
    django.setup()
    writers, each = (int(text) for text in sys.argv[1:3])
    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(write, writer, each) for writer in range(writers)]:
            done.result()
