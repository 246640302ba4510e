"""What a decision's notices say of where in a page the content is, kept with it until they are opened."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_held_decisions")]
    operations = [
        migrations.AddField(
            model_name="qualification",
            name="particulars",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="what its notices say of where the content is, in words",
            ),
        ),
    ]
