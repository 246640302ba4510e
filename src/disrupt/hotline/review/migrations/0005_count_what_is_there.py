"""The figures of everything that happened before figures were kept, from the ledgers and rows that there are."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from disrupt.hotline.common import clock
from disrupt.hotline.review.figures import differences


def fill(apps: Any, schema_editor: Any) -> None:
    for _difference in differences(apps.get_model, clock.now(), mend=True, with_today=True):
        pass


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0004_attempts"),
        ("tally", "0001_initial"),
        ("cases", "0013_families"),
        ("takedown", "0012_counted"),
        ("exchange", "0003_minors"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
