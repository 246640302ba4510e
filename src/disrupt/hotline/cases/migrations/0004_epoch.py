"""The epoch of a case: a copied cookie opens nothing once a visit has ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_letter_tells")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="epoch",
            field=models.PositiveIntegerField(
                default=0, help_text="raised when visits end: older cookies are void"
            ),
        ),
    ]
