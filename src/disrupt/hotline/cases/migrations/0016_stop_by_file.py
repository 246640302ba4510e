"""Whoever lost the code can ask by the file; of what was sent before, no second digest is there."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_held_by_partners")]

    operations = [
        migrations.CreateModel(
            "StopRequest",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "possession",
                    models.CharField(
                        help_text="keyed digest (common/possession.py)", max_length=64, unique=True
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "noted",
                    models.BooleanField(default=False, help_text="the reports that hold the file know of it"),
                ),
            ],
        ),
        migrations.AddField(
            "item",
            "possession",
            models.CharField(
                blank=True, default="", help_text="keyed digest, to ask without a code", max_length=64
            ),
        ),
        migrations.AddField(
            "item",
            "stop_at",
            models.DateTimeField(
                blank=True, help_text="stopped then, unless the holder of the code says no", null=True
            ),
        ),
        migrations.AddIndex(
            "item",
            models.Index(condition=~Q(("possession", "")), fields=["possession"], name="item_possession"),
        ),
        migrations.AddIndex(
            "item",
            models.Index(condition=Q(("stop_at__isnull", False)), fields=["stop_at"], name="item_stop"),
        ),
    ]
