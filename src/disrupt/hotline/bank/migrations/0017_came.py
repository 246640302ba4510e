import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0016_confirmed")]

    operations = [
        migrations.AddField(
            "bankentry",
            "came",
            models.JSONField(
                blank=True, null=True, help_text="from where: feed.Came, of what another list told"
            ),
        ),
        # There is one row at most: it gets a name of its own, as a new hotline does.
        migrations.AddField(
            "banksequence",
            "hotline",
            models.UUIDField(
                default=uuid.uuid4,
                help_text="names this hotline where lists are passed on; it never changes",
            ),
        ),
    ]
