"""Indexes of what is few among a million cases, and the first opinion beside the second, to be counted by."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

from disrupt.hotline.cases.models.item import HostOf


def first_of(apps: Any, schema_editor: Any) -> None:
    decided = apps.get_model("cases", "Qualification").objects.filter(pk=OuterRef("decision"))
    opinions = apps.get_model("cases", "SecondOpinion").objects
    opinions.update(first=Subquery(decided.order_by().values("category")[:1]))


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_case_pepper")]
    operations = [
        migrations.AddField(
            "secondopinion",
            "first",
            models.CharField(
                blank=True, default="", help_text="the decision's category, to be counted by", max_length=16
            ),
        ),
        migrations.RunPython(first_of, migrations.RunPython.noop),
        migrations.RemoveIndex("qualification", "qualification_by"),
        migrations.AddIndex("qualification", models.Index(fields=["by", "at"], name="qualification_by_at")),
        migrations.AddIndex(
            "sealednote",
            models.Index(condition=Q(("bounced_at__isnull", False)), fields=["bounced_at"], name="note_bounced"),
        ),
        migrations.AddIndex(
            "item",
            models.Index(
                HostOf("url"),
                models.F("case"),
                condition=Q(("kind", "url"), ("state", "received")),
                name="item_waiting_host",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("in_queue", True)),
                fields=["language", "priority", "-threat", "created_at"],
                name="case_in_language",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("promise_due", True)),
                fields=["priority", "-threat", "created_at"],
                name="case_promise_due",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("texts_until__isnull", False)),
                fields=["texts_until"],
                name="case_texts_end",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("erasure_waits", True)), fields=["kept_until"], name="case_erasure_waits"
            ),
        ),
    ]
