"""What was decided is summed up by site too, from the daily rows that there are."""

from django.db import migrations
from django.db.models import Sum
from django.db.models.functions import TruncMonth


def sum_up(apps, schema_editor):
    daily, monthly = apps.get_model("tally", "Daily").objects, apps.get_model("tally", "Monthly").objects
    monthly.filter(cube="site").delete()
    rows = daily.filter(kind="decided").annotate(month=TruncMonth("day")).order_by()
    sums = rows.values_list("month", "party", "outcome").annotate(total=Sum("n")).iterator(chunk_size=2000)
    made = (monthly.model(month=m, kind="decided", cube="site", a=a, b=b, n=n) for m, a, b, n in sums)
    monthly.bulk_create(made, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("tally", "0002_outcomes")]

    operations = [migrations.RunPython(sum_up, migrations.RunPython.noop)]
