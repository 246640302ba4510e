"""How long the pages of figures take over ten years of 360,000 reports a year.

`python -m benchmarks.figures` in the environment of an empty hotline (DISRUPT_VAR, DISRUPT_DATABASE) fills it
and prints a table of medians; docs/figures.md holds one.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import asdict, replace

from benchmarks.console_load import median_ms, page, signed_in

PAGES = (
    "/figures/",
    "/figures/time/",
    "/figures/time/?period=all",
    "/figures/years/",
    "/figures/mine/",
    "/figures/reports/",
)
YEARS = 10


def fill() -> int:
    """The sums of ten years and a day's facts, which is what the pages read; the number of sums."""
    from django.db import transaction

    from benchmarks.years import Year, rows
    from disrupt.hotline.common import clock
    from disrupt.hotline.tally import folding
    from disrupt.hotline.tally.cubes import sums
    from disrupt.hotline.tally.facts import day_of
    from disrupt.hotline.tally.models import Fresh, Monthly

    today = day_of(clock.now())
    # A tenth of the reports, each ten times: sums are as many, and made in a tenth of the time.
    last = Year(today.year - 1, 36_000, 24_000, 13_800, 10_500, 1_380)
    found = {key: 10 * n for key, n in rows(last, sites=1000).items()}
    whole = sums(found.items())
    with transaction.atomic():
        for back in range(YEARS):
            year = last.number - back
            ago = {place: place._replace(month=place.month.replace(year=year)) for place in whole}
            if back:
                # Every year begins and ends in itself.
                ago = {
                    place: at._replace(b=_earlier(at.b, back)) if at.cube == "hours" else at
                    for place, at in ago.items()
                }
            folding.add({ago[place]: n for place, n in whole.items()})
        day = [(key, n) for key, n in found.items() if key.day == dt.date(last.number, 6, 1)]
        Fresh.objects.bulk_create([Fresh(**asdict(replace(key, day=today)), n=n) for key, n in day])
    return Monthly.objects.count()


def _earlier(since: str, years: int) -> str:
    return f"{int(since[:4]) - years}{since[4:]}" if since else since


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from django.db import connection

    print(f"{connection.vendor}, {fill():,} sums of {YEARS} years")
    client = signed_in()
    print("| page | ms |\n|---|---|")
    for path in PAGES:
        print(f"| `{path}` | {median_ms(page(client, path)):.0f} |", flush=True)


if __name__ == "__main__":
    main()
