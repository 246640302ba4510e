"""What a case waits for stands in its own row, under an index of its own."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, Exists, OuterRef, Q, Value, When


def sort_in(apps, schema_editor):
    get = lambda name: apps.get_model("cases", name).objects  # noqa: E731
    undecided = Q(state="received", kind__in=["url", "file"])
    items = get("Item").filter(undecided | ~Q(held_for=""), case=OuterRef("pk"))
    waits = Q(unread=True) | Q(Exists(items))
    get("Case").update(in_queue=Case(When(waits, then=Value(True)), default=Value(False)))
    mail = get("SealedNote").filter(case=OuterRef("pk"), kind="email", safe=True, bounced_at=None)
    news = get("LedgerEvent").filter(
        case=OuterRef("pk"), kind__in=settings.TELL_REPORTER_OF, number__gt=OuterRef("told_number")
    )
    get("Case").filter(Exists(mail), Exists(news)).update(to_tell=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_texts_until")]

    operations = [
        migrations.AddField(
            "case",
            "in_queue",
            models.BooleanField(default=False, help_text="waits for an analyst (cases/waiting.py)"),
        ),
        migrations.AddField(
            "case", "to_tell", models.BooleanField(default=False, help_text="news that can be told by mail")
        ),
        migrations.RunPython(sort_in, migrations.RunPython.noop),
        migrations.RemoveIndex("case", "case_unread"),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("in_queue", True)), fields=["priority", "-threat", "created_at"], name="case_in_queue"
            ),
        ),
        migrations.AddIndex(
            "case", models.Index(condition=Q(("to_tell", True)), fields=["told_at"], name="case_to_tell")
        ),
        migrations.AddIndex(
            "case",
            models.Index(condition=Q(("purge_at__isnull", False)), fields=["purge_at"], name="case_to_purge"),
        ),
        migrations.AddIndex(
            "sealednote",
            models.Index(
                condition=Q(("bounced_at", None), ("safe", True)), fields=["kind", "case"], name="note_reaches"
            ),
        ),
    ]
