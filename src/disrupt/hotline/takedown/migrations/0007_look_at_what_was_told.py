"""Addresses whose host was told before there were looks are looked at from now on."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def look(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("takedown", "Notice").objects
    targets = apps.get_model("takedown", "Target").objects
    told = notices.filter(step="host", state="sent").exclude(sent_at=None).exclude(target__url="")
    for target, at in told.order_by("sent_at").values_list("target", "sent_at"):
        # The first look is due at once; how many there are at once, politeness decides.
        targets.filter(pk=target).update(anchor_at=at, look_at=at)


class Migration(migrations.Migration):
    dependencies = [("takedown", "0006_checks")]
    operations = [migrations.RunPython(look, migrations.RunPython.noop)]
