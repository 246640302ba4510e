"""How far a partner has read is kept for what its key may see, all of it, no longer for one question alone."""

from django.db import migrations, models

from disrupt.hotline.bank.sight import Sight


def say_what_they_see(apps, schema_editor):
    for row in apps.get_model("bank", "BankReader").objects.all():
        sight = Sight(declared=row.declared, minors=True)
        row.sight, row.sees = sight.digest, sight.as_json()
        row.save(update_fields=["sight", "sees"])


class Migration(migrations.Migration):
    dependencies = [("bank", "0008_log")]

    operations = [
        migrations.AddField(
            model_name="bankreader",
            name="sees",
            field=models.JSONField(default=dict, help_text="what its key may see: sight.py"),
        ),
        migrations.AddField(
            model_name="bankreader",
            name="sight",
            field=models.CharField(default="", help_text="the digest of `sees`", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(say_what_they_see, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="bankreader", name="one_reader_a_sight"),
        migrations.RemoveField(model_name="bankreader", name="declared"),
        migrations.AddConstraint(
            model_name="bankreader",
            constraint=models.UniqueConstraint(fields=("reader", "sight"), name="one_reader_a_sight"),
        ),
    ]
