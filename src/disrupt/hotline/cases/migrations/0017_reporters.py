"""Who helps a person, and who came across a child's picture, may report as such."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_stop_by_file")]

    operations = [
        migrations.AlterField(
            "case",
            "reporter",
            models.CharField(
                choices=[
                    ("self", "I am the person in the content"),
                    ("representative", "I am their legal representative"),
                    ("helper", "I help the person, who is with me"),
                    ("witness", "I came across a child’s picture"),
                    ("mandated", "I act with a mandate"),
                ],
                max_length=16,
            ),
        ),
    ]
