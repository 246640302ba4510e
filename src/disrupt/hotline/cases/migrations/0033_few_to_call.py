"""The few cases whose reporter is to be called, the most urgent first."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    # By itself: PostgreSQL makes no index in the transaction that has written into the table's rows.
    dependencies = [("cases", "0032_to_call")]
    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("to_call", True)), fields=["priority", "created_at"], name="case_to_call"
            ),
        ),
    ]
