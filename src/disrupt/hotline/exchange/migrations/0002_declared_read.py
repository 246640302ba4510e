"""Entries that nobody has seen need a scope of their own, which no key has until the hotline gives it one.

A key that was shown such entries before still hears of their withdrawal over the StopNCII protocol.
"""

import datetime as dt

from django.db import migrations, models


def say_it_of_every_key(apps, schema_editor):
    row = apps.get_model("bank", "BankSequence").objects.filter(pk=1).first()
    keys = apps.get_model("exchange", "ApiKey").objects
    keys.update(saw_all_until=row.last if row else 0)
    now = dt.datetime.now(dt.UTC)
    events = apps.get_model("exchange", "ExchangeEvent").objects
    for key in keys.filter(revoked_at=None, expires_at__gt=now):
        if {"exchange:feed:read", "exchange:stopncii:read"} & set(key.scopes):
            data = {"key": key.prefix, "without": "exchange:declared:read"}
            events.create(at=now, actor="upgrade", kind="key-examined-only", partner_id=key.partner_id, data=data)


class Migration(migrations.Migration):
    dependencies = [("bank", "0001_initial"), ("exchange", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="saw_all_until",
            field=models.PositiveBigIntegerField(
                default=0,
                help_text="the last change up to which this key was shown what it may not see now",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["opinion", "signal", "value"], name="feedback_opinion"),
        ),
        migrations.RunPython(say_it_of_every_key, migrations.RunPython.noop),
    ]
