from django.db import migrations


def fill(apps, schema_editor):
    """What partners have said before it was counted."""
    words = apps.get_model("exchange", "EntryWord").objects.filter(opinion="blocked", partner__active=True)
    copies = apps.get_model("bank", "BlockedCopies").objects
    for word in words.iterator(chunk_size=500):
        copies.get_or_create(
            entry_id=word.entry_id,
            reader=word.partner_id,
            defaults={
                "copies": word.seen,
                "last": word.seen,
                "since": word.first_at.date(),
                "said_at": word.changed_at,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_log_witness"), ("bank", "0012_blocked_copies")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
