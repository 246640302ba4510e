from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_blocked_copies")]

    operations = [
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                ("seq", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        )
    ]
