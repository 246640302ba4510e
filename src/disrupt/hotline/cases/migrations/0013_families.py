"""What waits and is the same thing is found by an index."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Left


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_in_queue")]

    operations = [
        migrations.AddField(
            "qualification",
            "carried",
            models.BooleanField(default=False, help_text="decided on the same thing in another place"),
        ),
        migrations.AddIndex(
            "item",
            models.Index(
                Left("url", 200), condition=Q(("kind", "url"), ("state", "received")), name="item_waiting_url"
            ),
        ),
        migrations.AddIndex(
            "item",
            models.Index(
                condition=Q(("kind", "file"), ("state", "received")), fields=["size"], name="item_waiting_size"
            ),
        ),
    ]
