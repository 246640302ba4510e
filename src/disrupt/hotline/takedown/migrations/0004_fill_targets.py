"""Give the notices that are there their addresses: two items about one address share it from now on."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.targets import digest_of


def fill(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("takedown", "Notice").objects
    targets = apps.get_model("takedown", "Target").objects
    concerns = apps.get_model("takedown", "Concern").objects
    items = apps.get_model("cases", "Item").objects
    for item in items.filter(notices__isnull=False).distinct().order_by("created_at", "pk").iterator():
        own = list(notices.filter(item=item).order_by("created_at", "pk"))
        place = take_apart(item.url)
        target, _ = targets.get_or_create(
            # Of an erased case the address is gone: nothing can be known again.
            digest=digest_of(item.url) if item.url else f"erased:{item.pk.hex}",
            defaults={
                "url": item.url,
                "host": place.host[:255],
                "site": site_of(place.host)[:255],
                "created_at": own[0].created_at,
            },
        )
        category = own[0].category
        concerns.create(target=target, item=item, category=category, created_at=own[0].created_at)
        for notice in own:
            _place(notices, notice, target)


def _place(notices: Any, notice: Any, target: Any) -> None:
    notice.target = target
    notice.step = "police" if notice.recipient == "pharos" else "host"
    same = notices.filter(
        target=target, category=notice.category, round=notice.round, step=notice.step
    ).order_by("-number")
    earlier = same.first()
    if earlier is not None:
        # Both were told of it: from now on one of them is enough.
        notice.number = earlier.number + 1
        if notice.state in {"scheduled", "task", "failed", "refused"}:
            notice.state = "cancelled"
    if notice.step == "host":
        notice.wait_hours = max(0.0, (notice.due_at - notice.created_at).total_seconds() / 3600)
        police = notices.filter(item=notice.item_id, recipient="pharos", round=notice.round)
        unsent = notice.state in {"scheduled", "task"}
        notice.waits_for_police = unsent and not police.filter(state="sent").exists()
    notice.save()


class Migration(migrations.Migration):
    dependencies = [("takedown", "0003_targets")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
