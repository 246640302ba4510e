"""systemd units: each process as its own account, with the keys that it holds and next to nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from disrupt.hotline.operating.installing.grants import OWNER, role

KEYS = PurePosixPath("/etc/disrupt/keys")
SETTINGS = PurePosixPath("/etc/disrupt/hotline.env")
STATE = PurePosixPath("/var/lib/disrupt")
BACKUPS = PurePosixPath("/var/backups/disrupt")
KEYHOLDER = PurePosixPath("/run/disrupt-keyholder")
STORE_GROUP = "disrupt-store"
TAKEN_GROUP = "disrupt-taken"
TAKEN = STATE / "taken"
SOURCES = PurePosixPath("/etc/disrupt/sources.json")
_DATABASE = "postgresql://{user}@/disrupt?host=/run/postgresql"


@dataclass(frozen=True)
class Service:
    """What one process is given; `keys` are folders of KEYS."""

    name: str
    about: str
    keys: tuple[str, ...]
    store: bool = False
    """Whether it reads and writes sealed contents and their keys."""
    calls_out: bool = False
    takes: bool = False
    """Whether it takes in what `relay` lays down."""
    decodes: bool = False
    """Whether it decodes pictures: compiled loops, and decoders that shut themselves in."""
    memory: str = "1G"
    tasks: int = 256


SERVICES = (
    Service("portal", "the public portal", ("shared", "portal"), store=True, tasks=512),
    Service(
        "console",
        "the analysts' console",
        ("shared", "review", "takedown", "console"),
        store=True,
        decodes=True,
        memory="4G",
    ),
    Service("exchange", "the partners' exchange", ("exchange",), decodes=True, memory="6G"),
    Service(
        "worker",
        "the worker",
        ("shared", "review", "takedown", "operating", "worker"),
        store=True,
        calls_out=True,
        decodes=True,
        memory="4G",
    ),
    Service("answers", "the page on which hosts answer", ("shared", "takedown", "answers")),
    Service("checker", "the looks at reported addresses", ("shared", "takedown", "checker"),
            calls_out=True, decodes=True, memory="4G"),
    Service("taking", "taking other lists in", ("taking",), takes=True),
    Service("watch", "the watch", ("watch",), calls_out=True),
)  # fmt: skip

# Which services each secret of the settings is for. The file of settings is one: from the others it is taken
# away, so that who takes the portal over finds no password of the mail server in its environment.
SECRETS = {
    "DISRUPT_SMTP_PASSWORD": {"worker", "watch", "head"},
    "DISRUPT_ANSWERS_IMAP_PASSWORD": {"worker"},
    "DISRUPT_ANSWERS_WEBHOOK_SECRET": {"answers"},
    "DISRUPT_ALERT_WEBHOOK_PASSWORD": {"watch"},
    "DISRUPT_CLOUDFLARE_TOKEN": {"checker"},
    "DISRUPT_S3_SECRET": {"portal", "console", "worker"},
}

# Everything that a service of ours has no need of.
HARD = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
PrivateTmp=yes
PrivateDevices=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
KeyringMode=private
DevicePolicy=closed
SystemCallArchitectures=native
UMask=0077
LimitCORE=0
"""

# What the kernel kills when memory is short is a decoder or the process that answers, and its parent starts
# another; of itself systemd would stop the whole service because of it.
GOES_ON = "OOMPolicy=continue"


def hardening(service: Service) -> list[str]:
    """What this service cannot do."""
    lines = HARD.splitlines()
    lines.append("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6")
    if not service.calls_out:
        lines += ["IPAddressDeny=any", "IPAddressAllow=localhost"]
    if service.decodes:
        # numba writes its loops into memory and runs them; a decoder leaves the network and filters itself.
        lines += ["RestrictNamespaces=user net"]
        lines += ["SystemCallFilter=@system-service seccomp", "SystemCallFilter=~@resources @privileged"]
    else:
        lines += [
            "RestrictNamespaces=yes",
            "MemoryDenyWriteExecute=yes",
            "PrivateUsers=yes",
            "ProcSubset=pid",
        ]
        lines += ["SystemCallFilter=@system-service", "SystemCallFilter=~@resources @privileged"]
    lines += ["SystemCallErrorNumber=EPERM", f"MemoryMax={service.memory}", f"TasksMax={service.tasks}"]
    return lines


def _said(user: str, keys: str, var: PurePosixPath) -> dict[str, str]:
    return {
        "DISRUPT_VAR": str(var),
        "DISRUPT_KEYS": keys,
        "DISRUPT_STORE": str(STATE / "store"),
        "DISRUPT_KEYSTORE": str(STATE / "keystore"),
        "DISRUPT_STORE_SHARED": "1",
        "DISRUPT_DATABASE": _DATABASE.format(user=user),
        "DISRUPT_CACHE": f"/var/cache/{user}",
        "DISRUPT_KEYHOLDER": str(KEYHOLDER / "socket"),
        "DISRUPT_TAKEN": str(TAKEN),
    }


def environment(user: str, keys: str, var: PurePosixPath) -> list[str]:
    """Where it finds what it works with."""
    return [f"Environment={name}={value}" for name, value in _said(user, keys, var).items()]


def admin_environment() -> dict[str, str]:
    """Where the owner of tables and keys finds them."""
    return _said(OWNER, str(KEYS), STATE / "own")


def not_given(name: str) -> str:
    """The secrets of the settings that are none of its business."""
    return f"UnsetEnvironment={' '.join(secret for secret, who in SECRETS.items() if name not in who)}"


def unit(service: Service, program: PurePosixPath) -> str:
    """The unit of one process."""
    account = role(service.name)
    lines = [
        "[Unit]",
        f"Description=Disrupt: {service.about}",
        "After=network-online.target postgresql.service",
        "Wants=network-online.target",
        "PartOf=disrupt.target",
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        # Else the first analyst after an upgrade waits a minute for loops to be compiled, or longer.
        *(
            [f"ExecStartPre=-{program.with_name('disrupt')} warm", "TimeoutStartSec=15min"]
            if service.decodes
            else []
        ),
        f"ExecStart={program} {service.name}",
        f"User={account}",
        f"Group={account}",
        f"EnvironmentFile={SETTINGS}",
        *environment(account, "%d", PurePosixPath("/var/lib") / account),
        not_given(service.name),
        *(f"LoadCredential={folder}:{KEYS / folder}" for folder in service.keys),
        f"StateDirectory={account}",
        "StateDirectoryMode=0700",
        f"CacheDirectory={account}",
        "CacheDirectoryMode=0700",
        "LogNamespace=disrupt",
        "Restart=always",
        "RestartSec=5",
        GOES_ON,
        "KillMode=mixed",
        "TimeoutStopSec=30",
    ]
    if service.store:
        lines += [f"SupplementaryGroups={STORE_GROUP}", f"ReadWritePaths={STATE}/store {STATE}/keystore"]
    if service.takes:
        lines += [f"SupplementaryGroups={TAKEN_GROUP}", f"ReadWritePaths={TAKEN}"]
    lines += [*hardening(service), "", "[Install]", "WantedBy=disrupt.target", ""]
    return "\n".join(lines)


@dataclass(frozen=True)
class Job:
    """What the owner of the tables does at an hour of the night."""

    name: str
    about: str
    command: str
    at: str
    needs: str = ""
    """A file without which it does not run."""


JOBS = (
    Job(
        "backup",
        "a sealed backup",
        f"backup {BACKUPS} --to /etc/disrupt/operators",
        "*-*-* 03:10:00",
        "/etc/disrupt/operators",
    ),
    Job("ledgers", "the ledgers verified", "manage verify_ledger", "*-*-* 04:10:00"),
    Job("head", "the ledgers' signed head", f"ledger-head {BACKUPS}", "*-*-* 04:40:00"),
)


def job(one: Job, program: PurePosixPath) -> str:
    """The unit that does it once."""
    lines = [
        "[Unit]",
        f"Description=Disrupt: {one.about}",
        "After=postgresql.service",
        *([f"ConditionPathExists={one.needs}"] if one.needs else []),
        "",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={program} {one.command}",
        f"User={OWNER}",
        f"Group={OWNER}",
        f"EnvironmentFile={SETTINGS}",
        *environment(OWNER, str(KEYS), STATE / "own"),
        not_given(one.name),
        "LogNamespace=disrupt",
        f"ReadWritePaths={STATE}/own {BACKUPS} /var/cache/{OWNER}",
        *hardening(Service(one.name, one.about, ())),
        "",
    ]
    return "\n".join(lines)


def timer(one: Job) -> str:
    """When it is done; a night that the machine slept through is made up for."""
    return (
        f"[Unit]\nDescription=Disrupt: {one.about}, each night\nPartOf=disrupt.target\n\n"
        f"[Timer]\nOnCalendar={one.at}\nPersistent=yes\nRandomizedDelaySec=10m\n\n"
        "[Install]\nWantedBy=disrupt.target\n"
    )


TARGET = "[Unit]\nDescription=Disrupt: the hotline\n\n[Install]\nWantedBy=multi-user.target\n"
