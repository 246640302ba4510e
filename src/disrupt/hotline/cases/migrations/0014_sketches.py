"""What waits is compared when it arrives; files that wait already are prepared by the worker."""

import django.db.models.deletion
from django.db import migrations, models

_ITEM = {"on_delete": django.db.models.deletion.CASCADE, "to": "cases.item"}


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_families")]

    operations = [
        migrations.RemoveIndex("item", "item_waiting_size"),
        migrations.AddField(
            "item",
            "prepared",
            models.BooleanField(
                default=False, help_text="its copies were looked for: processing/preparing.py"
            ),
        ),
        migrations.AddIndex(
            "item",
            models.Index(
                condition=models.Q(("kind", "file"), ("prepared", False), ("state", "received")),
                fields=["created_at"],
                name="item_to_prepare",
            ),
        ),
        migrations.CreateModel(
            "Sketch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("item", models.OneToOneField(related_name="sketch", **_ITEM)),
            ],
        ),
        migrations.CreateModel(
            "Likeness",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("same", models.BooleanField(default=False, help_text="the very same bytes")),
                ("distance", models.PositiveSmallIntegerField(default=0, help_text="bits of 256 that differ")),
                (
                    "how",
                    models.CharField(
                        blank=True, default="", help_text="what was undone for it", max_length=40
                    ),
                ),
                (
                    "stills",
                    models.PositiveSmallIntegerField(default=0, help_text="of a film: those that answer"),
                ),
                ("item", models.ForeignKey(related_name="likenesses", **_ITEM)),
                ("other", models.ForeignKey(related_name="+", **_ITEM)),
            ],
        ),
        migrations.AddConstraint(
            "likeness", models.UniqueConstraint(fields=("item", "other"), name="one_likeness")
        ),
    ]
