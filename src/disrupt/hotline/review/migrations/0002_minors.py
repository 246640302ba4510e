"""Who could look at what may show a minor still can: the permission has a role of its own from here on."""

from django.conf import settings
from django.db import migrations


def analysts_keep_it(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    analysts = groups.filter(name="analyst").first()
    if analysts is not None:
        groups.get_or_create(name="minors")[0].user_set.add(*analysts.user_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(analysts_keep_it, migrations.RunPython.noop)]
