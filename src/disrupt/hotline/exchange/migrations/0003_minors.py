"""Entries say whether they are of minors, and under whose law; a key sees minors' with a scope of its own.

Keys of before had no such limit: they get the scope, and their hotline takes it away where it must.
"""

import datetime as dt

from django.conf import settings
from django.db import migrations, models

from disrupt.hotline.cases.categories import packaged


def say_whose_they_are(apps, schema_editor):
    minor = {c.code for s in packaged() for c in s.categories.values() if c.minors}
    item_model, decisions = apps.get_model("cases", "Item"), apps.get_model("cases", "Qualification")
    entries = apps.get_model("bank", "BankEntry").objects
    entries.update(jurisdiction=settings.JURISDICTION)
    for entry in entries.filter(state="active").iterator(chunk_size=500):
        items = list(entry.sources.filter(withdrawn_at=None).values_list("item_id", flat=True))
        said = ""
        if entry.origin == "examined":
            persons = set(decisions.objects.filter(item__in=items).values_list("person", flat=True))
            said = "examined" if entry.category in minor or persons - {"adult"} else ""
        else:
            ages = set(item_model.objects.filter(pk__in=items).values_list("case__age_when_taken", flat=True))
            said = "declared" if entry.category in minor or ages - {"adult"} else ""
        if said:
            entry.minors = said
            entry.save(update_fields=["minors"])


def let_keys_go_on(apps, schema_editor):
    now = dt.datetime.now(dt.UTC)
    events = apps.get_model("exchange", "ExchangeEvent").objects
    for key in apps.get_model("exchange", "ApiKey").objects.all():
        if {"exchange:feed:read", "exchange:stopncii:read"} & set(key.scopes):
            key.scopes = [*key.scopes, "exchange:minors:read"]
            key.save(update_fields=["scopes"])
            data = {"key": key.prefix, "with": "exchange:minors:read"}
            events.create(at=now, actor="upgrade", kind="key-minors", partner_id=key.partner_id, data=data)


class Migration(migrations.Migration):
    dependencies = [
        ("bank", "0007_minors"),
        ("cases", "0008_held"),
        ("exchange", "0002_declared_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="sees",
            field=models.JSONField(
                default=dict, help_text="categories, kinds, jurisdictions; all where not named"
            ),
        ),
        migrations.RunPython(say_whose_they_are, migrations.RunPython.noop),
        migrations.RunPython(let_keys_go_on, migrations.RunPython.noop),
    ]
