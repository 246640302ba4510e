"""Whether somebody is to be called stands in the case's own row, beside whether they are to be written to."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import F


def to_call(apps: Any, schema_editor: Any) -> None:
    # A case too many is harmless: whoever reads the list asks the ledger for news.
    notes = apps.get_model("cases", "SealedNote").objects
    numbers = notes.filter(kind="telephone", safe=True, bounced_at=None)
    behind = apps.get_model("cases", "Case").objects.filter(told_number__lt=F("ledger_length"))
    behind.filter(pk__in=numbers.values("case")).update(to_call=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_partly_decided")]
    operations = [
        migrations.AddField(
            "case",
            "to_call",
            models.BooleanField(default=False, help_text="news, and a telephone that can be called"),
        ),
        migrations.RunPython(to_call, migrations.RunPython.noop),
    ]
