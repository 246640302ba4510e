"""Units of what is no process of ours that has a database: TLS proxy, keyholder, who fetches other lists."""

from __future__ import annotations

from pathlib import PurePosixPath

from disrupt.hotline.operating.installing.units import (
    GOES_ON,
    HARD,
    KEYHOLDER,
    KEYS,
    SETTINGS,
    SOURCES,
    TAKEN,
    TAKEN_GROUP,
    Service,
    environment,
    hardening,
    not_given,
)


def keyholder(program: PurePosixPath) -> str:
    """Its unit: it starts only where the review key is locked, and sees the accounts that ask as they are."""
    locked = KEYS / "review" / "review.locked"
    lines = [
        "[Unit]",
        "Description=Disrupt: the keyholder",
        f"ConditionPathExists={locked}",
        "Before=disrupt-console.service disrupt-worker.service",
        "PartOf=disrupt.target",
        "",
        "[Service]",
        f"ExecStart={program} keyholder",
        "User=disrupt-keyholder",
        "Group=disrupt-keyholder",
        f"EnvironmentFile={SETTINGS}",
        *environment("disrupt-keyholder", "%d", KEYHOLDER),
        not_given("keyholder"),
        f"LoadCredential=review_review.locked:{locked}",
        "RuntimeDirectory=disrupt-keyholder",
        "RuntimeDirectoryMode=0755",
        "LogNamespace=disrupt",
        "Restart=always",
        "RestartSec=5",
        *(line for line in hardening(Service("keyholder", "", (), memory="256M", tasks=8))
          if line != "PrivateUsers=yes" and not line.startswith("RestrictAddress")),
        "RestrictAddressFamilies=AF_UNIX",
        "PrivateNetwork=yes",
        "MemorySwapMax=0",
        "",
        "[Install]",
        "WantedBy=disrupt.target",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def relay(program: PurePosixPath) -> str:
    """The unit that fetches other lists, where there is a file of them: the network, and no database."""
    lines = [
        "[Unit]",
        "Description=Disrupt: fetching other lists",
        "After=network-online.target",
        "Wants=network-online.target",
        "PartOf=disrupt.target",
        f"ConditionPathExists={SOURCES}",
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        f"ExecStart={program} relay --sources {SOURCES} --folder {TAKEN} --watch 60",
        "User=disrupt-relay",
        "Group=disrupt-relay",
        "Environment=DISRUPT_STORE_SHARED=1",
        not_given("relay"),
        f"SupplementaryGroups={TAKEN_GROUP}",
        f"ReadWritePaths={TAKEN}",
        "LogNamespace=disrupt",
        "Restart=always",
        "RestartSec=5",
        *hardening(Service("relay", "", (), calls_out=True, memory="512M")),
        "",
        "[Install]",
        "WantedBy=disrupt.target",
        "",
    ]
    return "\n".join(lines)


PROXY = "\n".join(
    [
        "[Unit]",
        "Description=Disrupt: the TLS proxy of the portal",
        "After=network-online.target disrupt-portal.service",
        "Wants=network-online.target",
        "PartOf=disrupt.target",
        "Conflicts=nginx.service",
        "",
        "[Service]",
        "ExecStart=/usr/sbin/nginx -e stderr -c /etc/disrupt/nginx.conf -g 'daemon off;'",
        "ExecReload=/usr/sbin/nginx -e stderr -c /etc/disrupt/nginx.conf -s reload",
        "User=disrupt-proxy",
        "Group=disrupt-proxy",
        "RuntimeDirectory=disrupt-proxy",
        "RuntimeDirectoryMode=0700",
        "LoadCredential=portal.pem:/etc/disrupt/portal.pem",
        "LoadCredential=portal.key:/etc/disrupt/portal.key",
        "LogNamespace=disrupt",
        "Restart=always",
        "RestartSec=5",
        GOES_ON,
        *HARD.replace("BoundingSet=", "BoundingSet=CAP_NET_BIND_SERVICE")
        .replace("AmbientCapabilities=", "AmbientCapabilities=CAP_NET_BIND_SERVICE")
        .splitlines(),
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "RestrictNamespaces=yes",
        "MemoryDenyWriteExecute=yes",
        "ProcSubset=pid",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=~@resources @privileged",
        "SystemCallErrorNumber=EPERM",
        "MemoryMax=512M",
        "TasksMax=64",
        "",
        "[Install]",
        "WantedBy=disrupt.target",
        "",
    ]
)
