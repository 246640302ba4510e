"""The queue's cases in which something is decided, in its order."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    # By itself: PostgreSQL makes no index in the transaction that has written into the table's rows.
    dependencies = [("cases", "0030_decided_as")]
    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("in_queue", True), Q(("decided_as", ""), _negated=True)),
                fields=["priority", "-threat", "created_at"],
                name="case_partly_decided",
            ),
        ),
    ]
