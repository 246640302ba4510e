"""One row an address, whoever reported it; notices are steps of its plan, and several go in one message."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("takedown", "0002_operators_are_not_told")]
    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    )),
                (
                    "digest",
                    models.CharField(
                        max_length=64, unique=True, help_text="HMAC of the normalised address"
                    ),
                ),
                ("url", models.TextField(blank=True, default="", help_text="as it was first reported")),
                ("host", models.CharField(blank=True, default="", max_length=255)),
                (
                    "site",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        default="",
                        help_text="registered name, or host",
                        max_length=255,
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("id", models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    )),
                ("category", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField()),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="concern", to="cases.item"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="concerns",
                        to="takedown.target",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["target", "category"], name="concern_target")]},
        ),
        migrations.AddField(
            "notice",
            "target",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="takedown.target",
            ),
        ),
        migrations.AddField(
            "notice",
            "step",
            models.CharField(
                choices=[("police", "report to the police"), ("host", "notice to the host")],
                default="police",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "notice",
            "number",
            models.PositiveSmallIntegerField(default=1, help_text="of the reminders, which one"),
        ),
        migrations.AddField(
            "notice",
            "within",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="takedown.notice",
            ),
        ),
        migrations.AddField(
            "notice", "wait_hours", models.FloatField(default=0, help_text="after the police were reached")
        ),
        migrations.AddField("notice", "waits_for_police", models.BooleanField(default=False)),
        migrations.AlterField(
            "notice",
            "wait_reason",
            models.TextField(blank=True, default="", help_text="why the wait was changed, or waived"),
        ),
        migrations.AlterField(
            "notice",
            "round",
            models.PositiveSmallIntegerField(default=1, help_text="raised when it must all be done again"),
        ),
        migrations.RemoveConstraint("notice", "notice_once"),
    ]
