"""Why recipients refuse, by a short list; what guards of sites have answered so far is read from their words."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

WHY = {
    "not_the_content": "another",
    "not_examined": "unproven",
    "put_back": "objected",
    "owner_decides": "unable",
    "too_many": "unable",
    "stopped": "unable",
    "failed": "unable",
}


def fill(apps: Any, schema_editor: Any) -> None:
    declined = apps.get_model("takedown", "Notice").objects.filter(decision="declined")
    for said, code in WHY.items():
        declined.filter(decision_note=f"[refused] refused {said}").update(refusal=code)


class Migration(migrations.Migration):
    dependencies = [("takedown", "0019_watch")]
    operations = [
        migrations.AddField("Notice", "refusal", models.CharField(blank=True, default="", max_length=12, choices=[("lawful", "it is not illegal"), ("consent", "the person agreed to it"), ("another", "what is there is something else"), ("unproven", "the notice does not show enough"), ("public", "the public has an interest in it"), ("objected", "whoever put it there objected"), ("unable", "it could not be acted on")])),
        migrations.AlterField("Notice", "action", models.CharField(blank=True, default="", max_length=24, help_text="what its host did, as counted")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
