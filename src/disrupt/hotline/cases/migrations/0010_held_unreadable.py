from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_proof")]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="held_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("many_report", "this report has put as many unseen fingerprints as it may"),
                    ("many_today", "as many unseen fingerprints came today as may be offered unseen"),
                    ("lawful", "it answers to a picture on the list of lawful, well-known ones"),
                    (
                        "unreadable",
                        "it cannot be decoded: offering it gives its exact digests only, and destroys it",
                    ),
                    ("not_blocked", "a partner looked at what it matched, and did not block it"),
                ],
                default="",
                max_length=12,
            ),
        ),
    ]
