"""Requests for the evidence file of a case, which two people make."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_USER = {
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("review", "0006_skips"),
    ]

    operations = [
        migrations.CreateModel(
            "EvidenceRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case_id",
                    models.UUIDField(db_index=True, help_text="the case; an opaque reference here"),
                ),
                ("motive", models.CharField(max_length=16)),
                ("asked_at", models.DateTimeField()),
                ("allowed_at", models.DateTimeField(blank=True, null=True)),
                ("asked_by", models.ForeignKey(**_USER)),
                ("allowed_by", models.ForeignKey(blank=True, null=True, **_USER)),
            ],
            options={"ordering": ("-asked_at",)},
        )
    ]
