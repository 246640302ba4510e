"""The version of the plan that a notice follows; a person can hold a step."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('takedown', '0007_look_at_what_was_told'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='held',
            field=models.BooleanField(default=False, help_text='a person holds it'),
        ),
        migrations.AddField(
            model_name='notice',
            name='plan',
            field=models.CharField(blank=True, default='', help_text='version of the plan', max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='recipient',
            field=models.CharField(choices=[('pharos', 'Pharos (police)'), ('host', 'host'), ('network', 'network or registrar'), ('regulator', 'regulator')], max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='step',
            field=models.CharField(choices=[('police', 'report to the police'), ('host', 'notice to the host'), ('reminder', 'reminder to the host'), ('network', 'notice to the network'), ('regulator', 'complaint to the regulator')], max_length=12),
        ),
    ]
