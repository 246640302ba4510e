from django.db import migrations, models

STATES = [("waiting", "waits for a decision"), ("offered", "offered to partners"), ("refused", "refused")]


def field(name, made):
    return migrations.AddField(model_name="submittedhash", name=name, field=made)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_read_mark"), ("bank", "0015_shared")]

    operations = [
        field("state", models.CharField(choices=STATES, db_index=True, default="waiting", max_length=12)),
        field("category", models.CharField(blank=True, default="", max_length=16)),
        field("motive", models.CharField(blank=True, default="", max_length=300)),
        field("decided_by", models.CharField(blank=True, default="", max_length=64)),
        field("decided_at", models.DateTimeField(blank=True, null=True)),
        field(
            "source",
            models.UUIDField(
                blank=True, db_index=True, help_text="what its entry is there for", null=True
            ),
        ),
        field(
            "disputed_at",
            models.DateTimeField(blank=True, help_text="a partner asked to look again", null=True),
        ),
        field("flooded", models.BooleanField(default=False, help_text="it matched too much once")),
    ]
