"""A lead can let a decision wait, for a reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_further_steps")]

    operations = [
        migrations.AddField(
            model_name="qualification",
            name="held",
            field=models.CharField(
                blank=True,
                default="",
                help_text="why a lead lets it wait, in words, while it does",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="held_by",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
