"""The sums by way in and by language tell what was decided too: they are made anew from the daily rows."""

from django.db import migrations
from django.db.models import Sum
from django.db.models.functions import TruncMonth

CUBES = {"way": ("way", "person", "outcome"), "language": ("language", "outcome")}


def sum_up(apps, schema_editor):
    daily, monthly = apps.get_model("tally", "Daily").objects, apps.get_model("tally", "Monthly").objects
    for cube, columns in CUBES.items():
        monthly.filter(cube=cube).delete()
        rows = daily.annotate(month=TruncMonth("day")).order_by().values("month", "kind", *columns)
        made = []
        for row in rows.annotate(total=Sum("n")).iterator(chunk_size=2000):
            a, b, c = (*(row[name] for name in columns), "")[:3]
            made.append(
                monthly.model(
                    month=row["month"], kind=row["kind"], cube=cube, a=a, b=b, c=c, n=row["total"]
                )
            )
        monthly.bulk_create(made, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("tally", "0001_initial")]

    operations = [migrations.RunPython(sum_up, migrations.RunPython.noop)]
