"""An installation: its units are shut as far as they can be, and each account holds its own keys only."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from disrupt.hotline.__main__ import build_parser, main
from disrupt.hotline.common import keys
from disrupt.hotline.common.checks import keys_are_private
from disrupt.hotline.common.store import vault
from disrupt.hotline.operating.installing import doing, plan, units
from disrupt.hotline.operating.installing.grants import role
from disrupt.hotline.operating.installing.rights import PROCESSES
from disrupt.hotline.processes import base

WANTED = plan.Wanted("portal.hotline.example", PurePosixPath("/opt/disrupt/bin/disrupt-hotline"))
FILES = {file.path.name: file for file in plan.files(WANTED)}
SERVICES = sorted(name for name in FILES if name.endswith(".service"))
# The exposure that `systemd-analyze security` gives, in tenths; 0 is best, 100 worst.
MOST_EXPOSED = 20
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    assert main(["install", "--host", WANTED.host, "--root", str(tmp_path)]) == 0
    return tmp_path


def test_each_process_has_an_account_a_unit_and_a_role() -> None:
    assert {service.name for service in units.SERVICES} == set(PROCESSES) == set(keys.PROCESSES)
    for service in units.SERVICES:
        text = FILES[f"disrupt-{service.name}.service"].text
        assert f"User={role(service.name)}\n" in text
        assert f"postgresql://{role(service.name)}@/disrupt" in text
        assert (
            f"u {role(service.name)} " in FILES["disrupt.conf"].text or "d /var" in FILES["disrupt.conf"].text
        )


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "disrupt-proxy.service"])
def test_a_units_command_is_one_of_the_programs(name: str) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", FILES[name].text, re.M)
    program, *words = shlex.split(line)
    assert program == str(WANTED.program)
    assert build_parser().parse_args(words).command == words[0]


def test_who_decodes_compiles_before_it_serves() -> None:
    warm = WANTED.program.with_name("disrupt")
    for service in units.SERVICES:
        text = FILES[f"disrupt-{service.name}.service"].text
        assert (f"ExecStartPre=-{warm} warm\n" in text) == service.decodes


def test_who_opens_what_was_sealed() -> None:
    given = {service.name: set(service.keys) for service in units.SERVICES}
    assert {name for name, folders in given.items() if "review" in folders} == {"console", "worker"}
    assert given["portal"] == {"shared", "portal"}
    assert given["exchange"] == {"exchange"}
    assert {service.name for service in units.SERVICES if service.store} == {"portal", "console", "worker"}
    for name, folders in given.items():
        assert folders & set(keys.PROCESSES) == {name}, "no process is given the key of another"


def test_a_process_has_the_secrets_that_it_uses_and_no_others() -> None:
    text = "".join(path.read_text("utf-8") for path in Path(base.__file__).parent.glob("*.py"))
    named = re.findall(r'env\("(\w*(?:PASSWORD|SECRET|TOKEN)\w*)"', text)
    assert {f"DISRUPT_{name}" for name in named} == set(units.SECRETS), "each says whose it is"
    services = {name.removeprefix("disrupt-").removesuffix(".service") for name in SERVICES} - {"proxy"}
    assert set().union(*units.SECRETS.values()) <= services
    for name in services:
        (line,) = re.findall(r"^UnsetEnvironment=(.*)$", FILES[f"disrupt-{name}.service"].text, re.M)
        assert {one for one, who in units.SECRETS.items() if name in who} == set(units.SECRETS) - {
            *line.split()
        }
    assert "EnvironmentFile" not in FILES["disrupt-proxy.service"].text


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_shut_as_far_as_it_can_be(name: str, installed: Path) -> None:
    path = installed / "etc" / "systemd" / "system" / name
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(path)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@needs_systemd
def test_systemd_reads_the_units(installed: Path, tmp_path: Path) -> None:
    folder = installed / "etc" / "systemd" / "system"
    for path in folder.glob("*.service"):
        # The programs are not there on this machine.
        path.write_text(re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", path.read_text(), flags=re.M))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, folder.iterdir())],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
    )  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "disrupt" in line] == []


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="systemd is not here")
def test_systemd_makes_the_accounts(installed: Path) -> None:
    done = subprocess.run(
        ["systemd-sysusers", f"--root={installed}", "disrupt.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = (installed / "etc" / "passwd").read_text()
    for name in (*map(role, PROCESSES), "disrupt", "disrupt-proxy", "disrupt-relay"):
        assert re.search(rf"^{name}:", made, re.M), name
    assert re.search(r"^disrupt-store:", (installed / "etc" / "group").read_text(), re.M)


def test_files_are_written_once_and_settings_are_never_written_over(installed: Path) -> None:
    settings = installed / "etc" / "disrupt" / "hotline.env"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    settings.write_text("DISRUPT_HOTLINE_NAME=Ours\n")
    said: list[str] = []
    doing.write(installed, plan.files(WANTED), said.append)
    assert "stays    /etc/disrupt/hotline.env" in said
    assert settings.read_text() == "DISRUPT_HOTLINE_NAME=Ours\n"
    said.clear()
    doing.write(installed, plan.files(WANTED), said.append)
    assert {line.split()[0] for line in said} == {"stays"}


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--host", WANTED.host, "--dry-run", "--root", str(tmp_path)]) == 0
    assert list(tmp_path.iterdir()) == []
    said = capsys.readouterr().out
    assert "would write /etc/systemd/system/disrupt-portal.service" in said
    assert "would run   what each role may do" in said


def test_it_is_done_by_root_from_where_services_can_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(doing.InstallError, match="Only root"):
        doing.must_fit(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(doing.InstallError, match="not there"):
        doing.must_fit(tmp_path / "nothing")


def test_a_program_that_another_account_can_change_is_not_installed(tmp_path: Path) -> None:
    """Else whoever may write in its folder would soon be every process, with all keys."""
    folder = tmp_path / "opt" / "bin"
    folder.mkdir(parents=True)
    program = folder / "program"
    program.touch(0o755)
    me = os.getuid()
    assert doing.changeable(program, me) is None
    for place, mode in ((program, 0o775), (folder, 0o777), (folder.parent, 0o757)):
        before = place.stat().st_mode
        place.chmod(mode)
        assert doing.changeable(program, me) == place
        place.chmod(before)
    folder.chmod(0o1777)
    assert doing.changeable(program, me) is None, "as in /tmp"
    (tmp_path / "link").symlink_to(program)
    program.chmod(0o666)
    assert doing.changeable(tmp_path / "link", me) == program
    if me == 0:
        os.chown(folder, 4242, 0)
        program.chmod(0o755)
        assert doing.changeable(program) == folder


def test_a_command_that_fails_stops_what_comes_after() -> None:
    said: list[str] = []
    after = plan.Command("never", ("true",))
    for wrong, why in ((("false",), "ended with 1"), (("no-such-program",), "is missing")):
        with pytest.raises(doing.InstallError, match=why):
            doing.run([plan.Command("fails", wrong), after], said.append)
    assert not any("never" in line for line in said)


def test_the_proxy_answers_to_the_portals_name_only() -> None:
    text = FILES["nginx.conf"].text
    assert "example.org" not in text
    assert text.count(WANTED.host) == 4
    assert "/run/credentials/disrupt-proxy.service/portal.key" in text
    assert "pid /run/disrupt-proxy/pid;" in text


def test_keys_that_a_service_manager_hands_over_are_found(tmp_path: Path, settings: Any) -> None:
    """systemd makes `shared_review.pub` of `shared/review.pub`, and the folder cannot be written to."""
    full, handed = tmp_path / "keys", tmp_path / "credentials"
    keys.create_all(full)
    handed.mkdir()
    for holder in ("shared", "review", "exchange", "console"):
        for path in (full / holder).iterdir():
            (handed / f"{holder}_{path.name}").write_bytes(path.read_bytes())
            (handed / f"{holder}_{path.name}").chmod(0o400)
    (full / "exchange" / "log-2027.key").write_bytes(bytes(range(32)))
    (handed / "exchange_log-2027.key").write_bytes(bytes(range(32)))
    (handed / "exchange_log-2027.key").chmod(0o400)
    before = sorted(path.name for path in handed.iterdir())
    found = []
    for folder in (full, handed):
        settings.KEYS_FOLDER, settings.MAY_OPEN = folder, True
        found.append(
            (
                keys.review_public_key(),
                bytes(keys.review_private_key()),
                keys.code_pepper(),
                keys.evidence_key(),
                keys.log_keys(),
                keys.second_factors_key(),
                keys.django_secret(folder, "console"),
            )
        )
    assert found[0] == found[1]
    assert len(found[1][4]) == 2
    assert keys_are_private(None) == []
    assert sorted(path.name for path in handed.iterdir()) == before


_SHARE = """
import os, sys, django
django.setup()
from disrupt.hotline.common.store import vault
os.setgroups([4242]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1])); os.umask(0o007)
if sys.argv[2] == "deposit":
    print(vault.deposit([b"canary"]), vault.seal("words").vault_id)
else:
    for name in sys.argv[3:]:
        assert vault.destroy(name).key_absent
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other accounts can pass through, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="disrupt-accounts-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two other accounts")
def test_what_one_account_deposits_another_of_the_group_destroys(open_folder: Path) -> None:
    keys.create_all(open_folder / "keys")
    for path in (open_folder / "keys", *(open_folder / "keys").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for name in ("store", "keystore"):
        (open_folder / name).mkdir()
        os.chown(open_folder / name, 0, 4242)
        (open_folder / name).chmod(0o2770)
    environment = {
        **os.environ,
        "DISRUPT_VAR": str(open_folder),
        "DISRUPT_STORE_SHARED": "1",
        "DISRUPT_CLOCK_FILE": "",
        "DISRUPT_INSECURE_LOOPBACK": "1",
        "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.worker.settings",
    }

    def as_account(number: int, *words: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", _SHARE, str(number), *words],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    names = as_account(4243, "deposit")
    for path in (path for root in ("store", "keystore") for path in (open_folder / root).rglob("*")):
        assert path.stat().st_gid == 4242
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
    as_account(4244, "destroy", *names)
    assert not any(
        path.is_file() for root in ("store", "keystore") for path in (open_folder / root).rglob("*")
    )


def test_of_one_account_nothing_is_its_groups(settings: Any) -> None:
    assert settings.STORE_SHARED is False
    name = vault.deposit([b"x"])
    for path in vault.places(name):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
