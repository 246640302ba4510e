from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_proposals")]

    operations = [
        migrations.AddField(
            model_name="submittedhash",
            name="their_id",
            field=models.CharField(
                blank=True, default="", help_text="by which it is retracted", max_length=64
            ),
        ),
        migrations.AddIndex(
            model_name="submittedhash",
            index=models.Index(fields=["partner", "their_id"], name="submission_their_id"),
        ),
    ]
