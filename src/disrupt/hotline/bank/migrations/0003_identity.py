"""An entry is known by all of its fingerprints, no longer by its SHA-256 alone."""

from django.db import migrations, models

from disrupt.hotline.bank.identity import identity_of


def name_them(apps, schema_editor):
    entries = apps.get_model("bank", "BankEntry").objects.filter(state="active")
    for entry in entries.iterator(chunk_size=1000):
        entry.identity = identity_of(entry.kind, entry.sha256, entry.md5, entry.prints)
        entry.save(update_fields=["identity"])


class Migration(migrations.Migration):
    dependencies = [("bank", "0002_erased_entries")]

    operations = [
        migrations.AddField(
            model_name="bankentry",
            name="identity",
            field=models.CharField(
                blank=True,
                default="",
                help_text="of all its fingerprints; of an active entry only",
                max_length=64,
            ),
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="bankentry", name="one_active_entry_per_content"),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")),
                fields=("identity", "origin", "category"),
                name="one_active_entry_per_content",
            ),
        ),
    ]
