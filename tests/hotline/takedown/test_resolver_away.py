"""The name server is dead for days: nothing is taken for gone, no search is given up, and all goes on."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hotline.takedown import test_presence, test_tracing
from tests.hotline.takedown.conftest import later

from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import errors, pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.takedown.checks import looking
from disrupt.hotline.takedown.models import Notice, Presence, Seen, Target
from disrupt.hotline.takedown.states import NoticeState
from disrupt.hotline.takedown.tracing import trace
from disrupt.protocol.public_addresses import Address

host, told, world = test_presence.host, test_presence.told, test_tracing.world
RESOLV = """
import sys
from disrupt.hotline.common.outbound import errors, names
try:
    names.system("forum.smallsite.org", 8.0)
except errors.DoorError as error:
    print(type(error).__name__)
"""


def _dead(host: str, seconds: float) -> list[Address]:
    raise errors.NameTrouble("The resolver could not say.")


DEAD = Door(resolve=_dead, pace=pace.Pace(between=dt.timedelta()))


@pytest.mark.django_db
def test_who_hosts_it_is_found_out_in_the_end(
    world: test_tracing.World, opened: Callable[..., list[Notice]]
) -> None:
    _police, notice = opened(world.url)
    for _ in range(12):  # a whole day and more, asked ever less often
        assert trace.trace(notice.target_id, DEAD) is None
        target = Target.objects.get()
        assert target.trace_at is not None
        assert target.trace_at - clock.now() <= dt.timedelta(days=1)
        later(seconds=(target.trace_at - clock.now()).total_seconds() + 1)
    assert trace.trace(notice.target_id, world.door)
    notice.refresh_from_db()
    assert (notice.state, notice.address) == (NoticeState.SCHEDULED, "abuse@network.example")


@pytest.mark.django_db
def test_what_cannot_be_looked_at_is_neither_gone_nor_forgotten(told: Item) -> None:
    Target.objects.update(url=Target.objects.get().url.replace("127.0.0.1", "forum.smallsite.org"))
    for _ in range(4):
        target = Target.objects.get()
        assert target.look_at is not None
        later(seconds=max(0.0, (target.look_at - clock.now()).total_seconds() + 1))
        check = looking.look(target.pk, DEAD)
        assert check is not None
        assert (check.seen, check.sign) == (Seen.UNKNOWN, "resolver")
    target = Target.objects.get()
    assert target.presence in {Presence.UNKNOWN, Presence.LIVE}
    assert target.look_at is not None
    assert target.look_at - clock.now() <= dt.timedelta(hours=6)
    told.refresh_from_db()
    assert told.state == ItemState.HOST_NOTIFIED


@pytest.mark.parametrize("said", ["nameserver 127.0.0.1", "nameserver 192.0.2.1", ""])
def test_the_systems_resolver_that_is_dead_says_so(said: str, tmp_path: Path) -> None:
    """Nobody listens, nobody is reached, nobody is named: none of it is “this name does not exist”."""
    unshare = shutil.which("unshare")
    command = [unshare or "", "--user", "--map-root-user", "--mount", "--net", "sh", "-c"]
    if unshare is None or subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody have a network of their own")
    file = tmp_path / "resolv.conf"
    file.write_text(f"{said}\noptions timeout:1 attempts:1\n")
    script = 'mount --bind "$1" /etc/resolv.conf && exec "$2" -c "$3"'
    done = subprocess.run(
        [*command, script, "sh", str(file), sys.executable, RESOLV],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "mount" in done.stderr:
        pytest.skip("this machine lets nobody have a mount of their own")
    assert done.stdout == "NameTrouble\n", done.stderr
