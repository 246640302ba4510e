import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0009_their_id")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="made_with",
            field=models.ForeignKey(
                blank=True,
                help_text="the key by which its partner made it",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="successors",
                to="exchange.apikey",
            ),
        )
    ]
