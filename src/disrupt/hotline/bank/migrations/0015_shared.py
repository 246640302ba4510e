from django.db import migrations, models

ORIGINS = [
    ("examined", "examined by an analyst"),
    ("declared", "declared from the person's device, seen by nobody"),
    ("shared", "told by a partner, seen by nobody here"),
]


class Migration(migrations.Migration):
    dependencies = [("bank", "0014_restoration")]

    operations = [
        migrations.AlterField(
            model_name=name, name="origin", field=models.CharField(choices=ORIGINS, max_length=12)
        )
        for name in ("bankentry", "setaside")
    ]
