from typing import Any

from django.db import migrations, models

NAMES = ("origin", "minors", "category", "kind", "jurisdiction")


def count(apps: Any, _schema: Any) -> None:
    """What is on the list already, counted once."""
    changes = apps.get_model("bank", "BankChange").objects.order_by()
    found: dict[tuple[str, ...], int] = {}
    for kind, *facts, n in changes.values_list("kind", *(f"entry__{name}" for name in NAMES)).annotate(
        n=models.Count("pk")
    ):
        alike = tuple(facts)
        found[alike] = found.get(alike, 0) + (n if kind == "added" else -n)
    on_list = apps.get_model("bank", "OnList")
    on_list.objects.bulk_create(on_list(**dict(zip(NAMES, facts, strict=True)), n=n) for facts, n in found.items())


class Migration(migrations.Migration):
    dependencies = [("bank", "0012_blocked_copies")]

    operations = [
        migrations.CreateModel(
            name="OnList",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("origin", models.CharField(max_length=12)),
                ("minors", models.CharField(blank=True, default="", max_length=12)),
                ("category", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=8)),
                ("jurisdiction", models.CharField(blank=True, default="", max_length=8)),
                ("n", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("origin", "minors", "category", "kind", "jurisdiction"), name="on_list_once"
                    )
                ],
            },
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
