"""A machine on which the hotline is installed and started by systemd, examined from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functional.machine.machine import PROGRAM, Machine, machine, refuses
from tests.waiting import until

from disrupt.hotline.operating.installing.grants import role
from disrupt.hotline.operating.installing.units import SERVICES, STORE_GROUP

pytestmark = [pytest.mark.slow, pytest.mark.alone]
# Two with the review key, two without, and who decides nothing: each takes seconds of a processor to start.
STARTED = ("portal", "console", "worker", "answers", "watch")
HOLD_THE_KEY = {"console", "worker"}
KEEP_CONTENTS = {service.name for service in SERVICES if service.store}
MOST_EXPOSED = 2.0
ASK = """
import json, sys
from pathlib import Path
from disrupt.hotline.common.together import asking
answer = asking.ask(Path("/run/disrupt-keyholder/socket"), ask="key")
print("given" if "key" in answer else answer["error"])
"""
SETTINGS = (
    "PYTHONPATH=/opt/disrupt/src\n"
    "DISRUPT_PORTAL_URL=https://portal.hotline.example\n"
    "DISRUPT_HOSTS=portal.hotline.example,127.0.0.1\n"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    if why := refuses():
        pytest.skip(why)
    place: Path = tmp_path_factory.mktemp("machine") / "place"
    place.mkdir()
    with machine(place) as there:
        there.has_a_database()
        there.shell(f"mkdir -p /etc/disrupt; umask 077; printf '{SETTINGS}' > /etc/disrupt/hotline.env")
        there.run(PROGRAM, "install", "--host", "portal.hotline.example")
        there.run("systemctl", "start", *(f"disrupt-{name}" for name in STARTED))
        yield there


def pid(there: Machine, name: str) -> int:
    return int(there.shows(f"disrupt-{name}", "MainPID"))


def lives(there: Machine, name: str, *, seconds: float = 60) -> None:
    """As long as it takes to be ready: the same process for two looks, and a web process that answers."""
    port = {"portal": 8000, "console": 8001, "answers": 8003}.get(name)
    asks = f"import http.client as h; h.HTTPConnection('127.0.0.1', {port}).request('HEAD', '/')"

    def ready() -> bool:
        if there.shows(f"disrupt-{name}", "ActiveState") != "active":
            return False
        return not port or there.run("/opt/disrupt/bin/python3", "-c", asks, check=False).returncode == 0

    until(ready, f"{name} lives:\n{there.journal()[-3000:]}", seconds=seconds)


def test_each_process_starts_as_installed_and_is_shut_in(installed: Machine) -> None:
    for name in STARTED:
        lives(installed, name)
        assert installed.shows(f"disrupt-{name}", "NRestarts") == "0", installed.journal()[-3000:]
        status = installed.run("cat", f"/proc/{pid(installed, name)}/status").stdout
        uid = installed.run("id", "-u", role(name)).stdout.strip()
        assert re.search(rf"^Uid:\t{uid}\t{uid}\t{uid}\t{uid}$", status, re.M)
        assert re.search(r"^CapEff:\t0+$", status, re.M)
        assert re.search(r"^CapBnd:\t0+$", status, re.M)
        assert re.search(r"^NoNewPrivs:\t1$", status, re.M)
        assert re.search(r"^Seccomp:\t2$", status, re.M)
        said = installed.run("systemd-analyze", "security", "--no-pager", f"disrupt-{name}").stdout
        exposed = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
        assert exposed
        assert float(exposed[1]) <= MOST_EXPOSED, said


def test_who_can_read_what(installed: Machine) -> None:
    for name in STARTED:
        lives(installed, name)
    for service in SERVICES:
        account = role(service.name)
        for words in (
            ("ls", "/etc/disrupt/keys"),
            ("cat", "/etc/disrupt/hotline.env"),
            ("ls", "/var/lib/disrupt/own"),
            ("ls", "/var/backups/disrupt"),
            # Only systemd gives the group whose the stores are, and to the process only.
            ("ls", "/var/lib/disrupt/keystore"),
        ):
            assert installed.as_account(account, *words).returncode, (account, words)
        for other in STARTED:
            if other == service.name:
                continue
            number = pid(installed, other)
            for secret in (
                f"/run/credentials/disrupt-{other}.service",
                f"/proc/{number}/environ",
                f"/proc/{number}/mem",
                f"/proc/{number}/root/run/credentials",
                f"/var/lib/{role(other)}",
            ):
                installed.run("test", "-e", secret)
                done = installed.as_account(account, "head", "-c", "1", secret)
                listed = installed.as_account(account, "ls", f"{secret}/")
                assert done.returncode, (account, secret)
                assert listed.returncode, (account, secret)
    for name in STARTED:
        # As the process itself sees it: in its own namespace, the keys that it was given and no others.
        given = installed.run(
            "nsenter", f"--target={pid(installed, name)}", "--mount", "--",
            "sh", "-c", f"ls /run/credentials/disrupt-{name}.service",
        ).stdout  # fmt: skip
        assert ("review_review.key" in given) == (name in HOLD_THE_KEY), (name, given)
        groups = installed.run("sed", "-n", "s/^Groups://p", f"/proc/{pid(installed, name)}/status").stdout
        store = installed.run("getent", "group", STORE_GROUP).stdout.split(":")[2]
        assert (store in groups.split()) == (name in KEEP_CONTENTS), (name, groups)


def test_a_killed_process_is_there_again_and_one_of_its_children_ends_nothing(installed: Machine) -> None:
    for name in STARTED:
        lives(installed, name)
    for name in ("portal", "worker", "watch"):
        before = pid(installed, name)
        installed.run("kill", "-9", str(before))
        until(lambda name=name, before=before: pid(installed, name) not in (0, before), f"{name} comes back")
        lives(installed, name)
        assert installed.shows(f"disrupt-{name}", "NRestarts") == "1"
    before = pid(installed, "console")
    (child, *_) = installed.run("cat", f"/proc/{before}/task/{before}/children").stdout.split()
    installed.run("kill", "-9", child)
    until(
        lambda: (
            installed.run("cat", f"/proc/{before}/task/{before}/children").stdout.split() not in ([], [child])
        ),
        "another child",
    )
    lives(installed, "console")
    assert (pid(installed, "console"), installed.shows("disrupt-console", "NRestarts")) == (before, "0")


def test_the_keyholder_gives_the_key_to_console_and_worker_only(installed: Machine) -> None:
    public = "".join(
        installed.run(PROGRAM, "backup-key", f"/root/{who}.key").stdout for who in ("alice", "bob")
    )
    installed.run("tee", "/etc/disrupt/operators", given=public)
    installed.run("disrupt-admin", "review-lock", "--to", "/etc/disrupt/operators", "--needed", "2")
    installed.run("systemctl", "restart", "disrupt-keyholder", "disrupt-worker")
    assert installed.shows("disrupt-keyholder", "ActiveState") == "active"
    until(lambda: "waiting for the review key: 0 of the 2" in installed.journal(), "the worker waits")
    place = ("env", "DISRUPT_KEYHOLDER=/run/disrupt-keyholder/socket")
    for who in ("alice", "bob"):
        said = installed.run(*place, PROGRAM, "hand-over", "--key", f"/root/{who}.key").stdout
    assert "The review key is here" in said
    for service in SERVICES:
        answer = installed.as_account(role(service.name), "/opt/disrupt/bin/python3", "-c", ASK).stdout
        refused = "The keyholder does not give the key to this account."
        wanted = "given" if service.name in HOLD_THE_KEY else refused
        assert answer.strip() == wanted, service.name
    until(lambda: _waits_no_more(installed), "the worker goes on")


def _waits_no_more(there: Machine) -> bool:
    said = there.run("disrupt-admin", "status", check=False)
    return "Processes" in said.stdout and "hand over" not in said.stdout
