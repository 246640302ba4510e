"""A case with words, a threat or a minor waits until a person has read it."""

from django.db import migrations, models
from django.db.models import Q


def wait_for_a_person(apps, schema_editor):
    """Open cases only: what is closed was told its end."""
    cases = apps.get_model("cases", "Case").objects.filter(closed_at=None).exclude(lookup__startswith="erased:")
    says = Q(threat=True) | ~Q(age_when_taken="adult") | Q(notes__kind="description")
    read = Q(ledger__kind="note.read") | Q(items__qualifications__isnull=False)
    ids = set(cases.filter(says).values_list("pk", flat=True)) - set(cases.filter(read).values_list("pk", flat=True))
    for pk in ids:
        cases.filter(pk=pk).update(unread=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_epoch")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="unread",
            field=models.BooleanField(default=False, help_text="waits until a person has read what it says"),
        ),
        migrations.RunPython(wait_for_a_person, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("unread", True)), fields=["priority", "created_at"], name="case_unread"),
        ),
    ]
