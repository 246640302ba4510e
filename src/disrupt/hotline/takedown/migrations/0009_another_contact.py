"""Another contact of a host, told when mail to the first came back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('takedown', '0008_plans'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='step',
            field=models.CharField(choices=[('police', 'report to the police'), ('host', 'notice to the host'), ('reminder', 'reminder to the host'), ('second', 'notice to another contact of the host'), ('network', 'notice to the network'), ('regulator', 'complaint to the regulator')], max_length=12),
        ),
    ]
