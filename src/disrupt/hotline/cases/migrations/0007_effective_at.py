"""A decision takes effect later than it is made; what was decided before took effect when it was made."""

import datetime as dt

from django.db import migrations, models
from django.db.models import F, Q


def took_effect_at_once(apps, schema_editor):
    decisions = apps.get_model("cases", "Qualification").objects
    decisions.filter(in_force_at=None).update(effective_at=F("at"), in_force_at=F("at"))


STATES = [
    ("received", "received"),
    ("decided", "decided, not in effect yet"),
    ("accepted", "qualified as illegal"),
    ("banked", "fingerprint in the bank"),
    ("protected", "protected, content destroyed"),
    ("police_notified", "police notified"),
    ("host_notified", "host notified"),
    ("host_reminded", "host reminded"),
    ("removed", "removed"),
    ("back_online", "back online"),
    ("rejected", "not qualified"),
    ("closed", "not qualified, content destroyed"),
    ("withdrawn", "withdrawn by the reporter"),
]
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
UNTIL = "until then it can be undone, and nothing follows from it"


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_threat_told")]

    operations = [
        migrations.AlterField("item", "state", models.CharField(choices=STATES, default="received", max_length=16)),
        migrations.AddField("qualification", "effective_at", models.DateTimeField(default=LONG_AGO, help_text=UNTIL), preserve_default=False),
        migrations.AddField(
            "qualification",
            "in_force_at",
            models.DateTimeField(blank=True, null=True, help_text="when it took effect"),
        ),
        migrations.AddField("qualification", "undone_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "qualification",
            "hurried",
            models.CharField(
                blank=True,
                default="",
                help_text="why it took effect before its time, in words",
                max_length=300,
            ),
        ),
        migrations.RunPython(took_effect_at_once, migrations.RunPython.noop),
        migrations.AddIndex(
            "qualification",
            models.Index(
                condition=Q(("in_force_at", None), ("undone_at", None)),
                fields=["by", "at"],
                name="qualification_waits",
            ),
        ),
    ]
