from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0011_set_aside")]

    operations = [
        migrations.CreateModel(
            name="BlockedCopies",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("reader", models.UUIDField()),
                ("copies", models.PositiveBigIntegerField()),
                ("last", models.PositiveBigIntegerField(help_text="what it said last of one day")),
                ("since", models.DateField()),
                ("said_at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="bank.bankentry"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["entry", "reader"], name="one_count_a_reader")
                ],
            },
        ),
    ]
