"""Whom we called on, and when we may again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Visited",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("free_at", models.DateTimeField(help_text="not before")),
                ("last_at", models.DateTimeField(db_index=True)),
                ("failures", models.PositiveIntegerField(default=0, help_text="in a row")),
            ],
        ),
    ]
