"""What is counted of a notice: that it was sent, and what its host did; of those that are there as well."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import F

SAID = {"removed": "claimed", "blocked": "blocked", "declined": "declined", "other": "other"}


def fill(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("takedown", "Notice").objects
    events = apps.get_model("cases", "LedgerEvent").objects
    notices.exclude(sent_at=None).update(counted_at=F("sent_at"))
    for notice in notices.filter(step="host").exclude(counted_at=None).select_related("target").iterator():
        about = events.filter(item__concern__target=notice.target_id, kind="item.removed")
        gone = about.filter(at__gte=notice.counted_at).order_by("at").first()
        if gone is not None:
            notice.action, notice.action_at = "removed", gone.at
        elif notice.decision and notice.decision_at:
            notice.action, notice.action_at = SAID[notice.decision], max(notice.decision_at, notice.counted_at)
        else:
            continue
        notice.action_site = notice.target.site
        notice.save(update_fields=["action", "action_at", "action_site"])


class Migration(migrations.Migration):
    dependencies = [("takedown", "0011_halts"), ("cases", "0013_families")]
    operations = [
        migrations.AddField("Notice", "counted_at", models.DateTimeField(blank=True, null=True, help_text="as sent, in the figures")),
        migrations.AddField("Notice", "action", models.CharField(blank=True, default="", max_length=12, help_text="what its host did, as counted")),
        migrations.AddField("Notice", "action_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("Notice", "action_site", models.CharField(blank=True, default="", max_length=255, help_text="the site then")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
