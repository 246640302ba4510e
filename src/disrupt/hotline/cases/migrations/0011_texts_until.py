"""Texts and contact of a case that goes on get an outer limit; what is there already gets the whole time."""

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def from_now_on(apps, schema_editor):
    cases = apps.get_model("cases", "Case").objects.filter(closed_at=None)
    told = models.Q(notes__isnull=False) | models.Q(messages__isnull=False)
    known = list(cases.filter(told).values_list("pk", flat=True).distinct())
    until = timezone.now() + settings.KEEP_OPEN
    for start in range(0, len(known), 500):
        cases.filter(pk__in=known[start : start + 500]).update(texts_until=until)


WHEN = "texts and contact are destroyed then, even if the case goes on"


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_held_unreadable")]

    operations = [
        migrations.AddField(
            "case",
            "texts_told_at",
            models.DateTimeField(blank=True, help_text="when that was announced", null=True),
        ),
        migrations.AddField(
            "case", "texts_until", models.DateTimeField(blank=True, help_text=WHEN, null=True)
        ),
        migrations.RunPython(from_now_on, migrations.RunPython.noop),
    ]
