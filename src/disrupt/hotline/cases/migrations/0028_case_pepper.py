"""The pepper of the codes can be replaced: a case says which one its code was derived with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_particulars")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="pepper",
            field=models.CharField(
                blank=True,
                default="",
                help_text="name of the one in that; the first has none",
                max_length=8,
            ),
        ),
    ]
