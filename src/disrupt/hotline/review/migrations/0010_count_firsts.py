"""What was first of each report, of everything that was decided and notified before this was counted."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from disrupt.hotline.common import clock
from disrupt.hotline.review.figures import differences
from disrupt.hotline.tally.facts import Kind


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = (Kind.FIRST.value,)
    for _one in differences(apps.get_model, clock.now(), mend=True, with_today=True, kinds=kinds):
        pass


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0009_invitations"),
        ("tally", "0003_decided_by_site"),
        ("cases", "0021_asked_and_synthetic"),
        ("takedown", "0019_watch"),
        ("exchange", "0006_blocked_copies"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
