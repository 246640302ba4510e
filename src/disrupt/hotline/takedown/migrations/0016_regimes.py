"""Each notice names the law that it is under; those that there are follow from their step."""

from typing import Any

from django.db import migrations, models

_BY_STEP = {
    "police": "police",
    "host": "dsa",
    "reminder": "dsa",
    "second": "dsa",
    "network": "dsa",
    "regulator": "regulator",
}


def fill(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("takedown", "Notice").objects
    for step, regime in _BY_STEP.items():
        notices.filter(step=step, regime="").update(regime=regime)


class Migration(migrations.Migration):
    dependencies = [("takedown", "0015_answers")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="regime",
            field=models.CharField(
                blank=True, default="", help_text="the law that it is under", max_length=16
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
