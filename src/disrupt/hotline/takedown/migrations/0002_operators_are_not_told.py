"""Notices that would have gone to whoever runs a site (`abuse@` its own name) wait for a person instead."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def to_a_person(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("takedown", "Notice").objects
    notices.filter(scope="site", state__in=["scheduled", "failed", "refused"]).update(
        scope="unknown",
        channel="form",
        address="",
        state="task",
        claim="",
        attempts=0,
        message=b"",
        message_sha256="",
    )


class Migration(migrations.Migration):
    dependencies = [("takedown", "0001_initial")]
    operations = [migrations.RunPython(to_a_person, migrations.RunPython.noop)]
