"""A notice is about an address, no longer about one item."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("takedown", "0004_fill_targets")]
    operations = [
        migrations.RemoveField("notice", "item"),
        migrations.AlterField(
            "notice",
            "target",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="takedown.target",
            ),
        ),
        migrations.AddConstraint(
            "notice",
            models.UniqueConstraint(
                fields=("target", "category", "round", "step", "number"), name="notice_once"
            ),
        ),
    ]
