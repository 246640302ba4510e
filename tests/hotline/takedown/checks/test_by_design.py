"""What stands on another network than the web is no page that is gone: nobody is asked for its name."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.hotline.common.webhost import WebHost, redirect
from tests.hotline.takedown import test_media

from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.takedown.checks import looking
from disrupt.hotline.takedown.models import Presence, Seen, Target

pytestmark = pytest.mark.django_db
host = test_media.host
ONION = "http://" + "a" * 56 + ".onion/view"


def _nobody(name: str, seconds: float) -> list[object]:
    raise AssertionError(f"a resolver was asked for {name}")


def _look(url: str, site: str = "") -> Target:
    now = clock.now()
    target = Target.objects.create(
        digest=url[:60], url=url, host="", site=site, created_at=now, anchor_at=now, look_at=now
    )
    door = Door(resolve=_nobody, pace=pace.Pace(between=dt.timedelta()))  # type: ignore[arg-type]
    check = looking.look(target.pk, door)
    assert check is not None
    assert (check.seen, check.sign) == (Seen.PERSON, "by_design")
    target.refresh_from_db()
    return target


@pytest.mark.parametrize(
    "url",
    [
        ONION,
        ONION.upper(),
        ONION.replace(".onion", ".onion."),
        "ipfs://bafybeigdyr/1.jpg",
        "ipns://x.example/",
    ],
)
def test_it_is_unreachable_by_design_and_for_a_person(url: str) -> None:
    target = _look(url)
    assert target.presence == Presence.UNKNOWN
    assert target.failing_since is not None, "after a week it is among what needs a person"
    assert target.look_at is not None


def test_where_a_gateway_sends_there_it_is_the_same(host: WebHost) -> None:
    host.pages["/ipfs/x"] = redirect(ONION)
    _look(host.url("/ipfs/x"), "127.0.0.1")
