"""What an installation consists of: files, then commands, in their order; nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from disrupt.hotline.operating.installing import grants, others, units
from disrupt.hotline.operating.installing.grants import OWNER, role
from disrupt.hotline.operating.installing.units import BACKUPS, JOBS, KEYS, SERVICES, SETTINGS, STATE

_SYSTEM = PurePosixPath("/etc/systemd/system")
_HOST = "portal.example.org"
ADMIN = PurePosixPath("/usr/local/sbin/disrupt-admin")


@dataclass(frozen=True)
class Wanted:
    """What an operator says: the portal's name, and where the program stands."""

    host: str
    program: PurePosixPath


@dataclass(frozen=True)
class File:
    """A file to write; `keep`: one that is there is the operator's, and stays."""

    path: PurePosixPath
    text: str
    mode: int = 0o644
    keep: bool = False


@dataclass(frozen=True)
class Command:
    """A command to run, why, and what it reads."""

    why: str
    words: tuple[str, ...]
    given: str = ""


def files(wanted: Wanted) -> list[File]:
    """Every file of an installation."""
    named = [role(service.name) for service in SERVICES]
    return [
        File(PurePosixPath("/etc/sysusers.d/disrupt.conf"), _accounts(named)),
        File(PurePosixPath("/etc/tmpfiles.d/disrupt.conf"), _folders()),
        File(SETTINGS, _settings(wanted.host), 0o600, keep=True),
        File(PurePosixPath("/etc/disrupt/nginx.conf"), _proxy(wanted.host)),
        File(PurePosixPath("/etc/systemd/journald@disrupt.conf"), _JOURNAL),
        File(ADMIN, _admin(wanted.program), 0o755),
        *(
            File(_SYSTEM / f"disrupt-{service.name}.service", units.unit(service, wanted.program))
            for service in SERVICES
        ),
        File(_SYSTEM / "disrupt-relay.service", others.relay(wanted.program)),
        *(File(_SYSTEM / f"disrupt-{one.name}.service", units.job(one, wanted.program)) for one in JOBS),
        *(File(_SYSTEM / f"disrupt-{one.name}.timer", units.timer(one)) for one in JOBS),
        File(_SYSTEM / "disrupt-keyholder.service", others.keyholder(wanted.program)),
        File(_SYSTEM / "disrupt-proxy.service", others.PROXY),
        File(_SYSTEM / "disrupt.target", units.TARGET),
    ]


def commands() -> list[Command]:
    """What is run once the files are there; each may run again."""
    make_owner = (
        f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n"
        # Of a machine without a locale (LANG=C) the cluster knows bytes only, and would give texts as bytes.
        f"SELECT 'CREATE DATABASE {OWNER} OWNER {OWNER} ENCODING ''UTF8'' TEMPLATE template0'"
        f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{OWNER}')\\gexec\n"
    )
    roles = make_owner + "".join(f"{statement};\n" for statement in grants.make_roles())
    psql = ("runuser", "-u", "postgres", "--", "psql", "-v", "ON_ERROR_STOP=1", "-q", "-f", "-")
    started = [f"disrupt-{service.name}.service" for service in SERVICES]
    started += [
        "disrupt-keyholder.service",
        "disrupt-proxy.service",
        "disrupt-relay.service",
        *(f"disrupt-{one.name}.timer" for one in JOBS),
        "disrupt.target",
    ]
    return [
        Command("an account for each process", ("systemd-sysusers", "disrupt.conf")),
        Command("folders", ("systemd-tmpfiles", "--create", "disrupt.conf")),
        Command("the database, and a role for each process", psql, roles),
        Command("keys and tables", (str(ADMIN), "init")),
        Command("what each role may do", (str(ADMIN), "grants")),
        Command("units are read", ("systemctl", "daemon-reload")),
        Command("they start with the machine", ("systemctl", "enable", *started)),
    ]


def _accounts(named: list[str]) -> str:
    lines = [f'u {OWNER} - "Disrupt, owner of tables and keys" {STATE}/own -']
    more = ("disrupt-keyholder", "disrupt-proxy", "disrupt-relay")
    lines += [f'u {name} - "Disrupt" - -' for name in (*named, *more)]
    lines += [f"g {units.STORE_GROUP} -", f"g {units.TAKEN_GROUP} -"]
    return "\n".join(lines) + "\n"


def _folders() -> str:
    store, owner = units.STORE_GROUP, f"{OWNER} {OWNER}"
    return (
        f"d {STATE} 0755 root root\n"
        f"d {STATE}/own 0700 {owner}\n"
        f"d /var/cache/{OWNER} 0700 {owner}\n"
        f"d {STATE}/store 2770 root {store}\n"
        f"d {STATE}/keystore 2770 root {store}\n"
        f"d {units.TAKEN} 2770 root {units.TAKEN_GROUP}\n"
        f"d {KEYS} 0700 {owner}\n"
        f"d {BACKUPS} 0700 {owner}\n"
    )


def _settings(host: str) -> str:
    return (
        "# Settings of the hotline for all its processes (docs/operating.md); root alone reads this file.\n"
        f"DISRUPT_HOSTS={host},127.0.0.1,localhost\n"
        f"DISRUPT_PORTAL_URL=https://{host}\n"
        "DISRUPT_BEHIND_PROXY=1\n"
        "DISRUPT_CERTIFICATE=/etc/disrupt/portal.pem\n"
        "#DISRUPT_HOTLINE_NAME=\n#DISRUPT_HOTLINE_EMAIL=\n#DISRUPT_PHAROS_EMAIL=\n"
        "#DISRUPT_SMTP_HOST=\n#DISRUPT_ALERT_EMAIL=\n#DISRUPT_RECIPIENTS_FILE=\n"
        f"#DISRUPT_TAKE_FROM={units.SOURCES}\n"
    )


def _proxy(host: str) -> str:
    text = Path(__file__).with_name("nginx.conf").read_text("utf-8")
    credentials = "/run/credentials/disrupt-proxy.service"
    run = "/run/disrupt-proxy"
    for old, new in {
        _HOST: host,
        "/etc/ssl/portal.pem": f"{credentials}/portal.pem",
        "/etc/ssl/portal.key": f"{credentials}/portal.key",
        "pid /run/nginx.pid;": f"pid {run}/pid;",
        "access_log off;": f"access_log off; client_body_temp_path {run}/body; proxy_temp_path {run}/proxy;"
        f" fastcgi_temp_path {run}/f; uwsgi_temp_path {run}/u; scgi_temp_path {run}/s;",
    }.items():
        text = text.replace(old, new)
    return text


# A journal of its own, which is not kept for ever.
_JOURNAL = "[Journal]\nStorage=persistent\nSystemMaxUse=500M\nMaxRetentionSec=14day\n"


def _admin(program: PurePosixPath) -> str:
    environment = units.admin_environment()
    exports = "".join(f"export {name}={value!r}\n" for name, value in environment.items())
    return (
        "#!/bin/sh\n# The operator's command: as the owner of tables and keys, with the hotline's settings.\n"
        f"set -a; . {SETTINGS}; set +a\n{exports}cd /\n"
        f'exec runuser -u {OWNER} -- {program} "$@"\n'
    )
