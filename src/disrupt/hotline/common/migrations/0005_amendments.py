"""What an administrator changed on a page, over what came along."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0004_audit_verified")]

    operations = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=300)),
                ("value", models.JSONField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("why", models.CharField(max_length=300)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind", "key"), name="amendment_once")]},
        ),
    ]
