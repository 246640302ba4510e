"""When a case's time is over, or it is erased, what is left of an address is its digest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from tests.hotline.takedown.conftest import go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import retention
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.models import Notice, Target

CANARY = "canary-7f3a"
ADDRESS = f"https://images.example.net/{CANARY}"


def everything() -> str:
    """Every text and every byte in every table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [bytes(v) if isinstance(v, memoryview) else v for row in cursor for v in row]
    return " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in found)


def purge(item: Item) -> None:
    """As the worker does when the time of a closed case is over."""
    item.refresh_from_db()
    advance(item, ItemState.REMOVED, WORKER)
    later(seconds=settings.KEEP_PERSONAL_DATA.total_seconds() + 60)
    (case,) = [case for case in retention.cases_to_purge() if case.pk == item.case_id]
    retention.purge(case)


def test_after_two_weeks_nothing_names_the_address(
    accepted: Callable[..., Item], postmaster: Postmaster
) -> None:
    item = accepted(ADDRESS)
    services.open_for_item(item, "NCII-DIF", WORKER)
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.mails) == 2
    assert CANARY in everything()
    purge(item)
    go_round()
    left = everything()
    assert CANARY not in left
    assert CANARY.encode().hex() not in left
    police, host = Notice.objects.filter(step__in=["police", "host"]).order_by("created_at", "due_at")
    assert (police.state, host.state, host.message_sha256 != "") == ("sent", "sent", True)
    assert len(Target.objects.get().digest) == 64


def test_as_long_as_another_case_holds_it_it_stays(
    accepted: Callable[..., Item], postmaster: Postmaster
) -> None:
    first, second = accepted(ADDRESS), accepted(ADDRESS)
    for item in (first, second):
        services.open_for_item(item, "NCII-DIF", WORKER)
    go_round()
    purge(first)
    go_round()
    first.refresh_from_db()
    assert (first.url, Target.objects.get().url) == ("", ADDRESS)
    purge(second)
    go_round()
    assert CANARY not in everything()


def test_a_message_about_two_addresses_goes_with_the_first(
    accepted: Callable[..., Item], postmaster: Postmaster
) -> None:
    for url in ("https://images.example.net/other", ADDRESS):
        services.open_for_item(accepted(url), "NCII-DIF", WORKER)
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.mails) == 2
    purge(Item.objects.get(url=ADDRESS))
    go_round()
    assert CANARY not in everything()


def test_an_address_that_was_forgotten_is_known_again(
    accepted: Callable[..., Item], postmaster: Postmaster
) -> None:
    first = accepted(ADDRESS)
    services.open_for_item(first, "NCII-DIF", WORKER)
    go_round()
    purge(first)
    go_round()
    again = accepted(ADDRESS)
    services.open_for_item(again, "NCII-DIF", WORKER)
    target = Target.objects.get()
    assert (target.url, target.host) == (ADDRESS, "images.example.net")
    assert clock.now() - again.created_at < dt.timedelta(days=1)
