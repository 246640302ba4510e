"""Whoever else must know what a guard does: the owner's command, a webhook, and the site's public log."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from disrupt.partner.guard.home import Home
from disrupt.partner.guard.quarantine import Quarantine
from disrupt.partner.guard.records import Records
from disrupt.protocol.envelope import stamp

_LOG = logging.getLogger("disrupt.guard")
_SECONDS = 30


def tell(home: Home, deed: str, **told: object) -> None:
    """Hand one deed, as JSON, to the owner's command and webhook; that neither answers stops nothing."""
    body = json.dumps({"deed": deed, "host": home.host, **told}).encode()
    if home.command:
        try:
            done = subprocess.run(
                list(home.command), input=body, timeout=_SECONDS, check=False, stdout=subprocess.DEVNULL
            )
            if done.returncode:
                _LOG.warning("the command for `%s` ended with %d", deed, done.returncode)
        except (OSError, subprocess.TimeoutExpired) as error:
            _LOG.warning("the command for `%s` failed: %s", deed, type(error).__name__)
    if home.webhook:
        try:
            sent = httpx.post(
                home.webhook, content=body, headers={"content-type": "application/json"}, timeout=_SECONDS
            )
            sent.raise_for_status()
        except httpx.HTTPError as error:
            _LOG.warning("the webhook for `%s` failed: %s", deed, type(error).__name__)


def public_rows(records: Records, quarantine: Quarantine) -> list[dict[str, Any]]:
    """What was taken off at whose request, without a word that leads to the content."""
    held: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for line in quarantine.log():
        if line["deed"] == "held":
            held[str(line.get("notice", ""))] += 1
        elif line["deed"] == "put back":
            back[str(line.get("notice", ""))] += 1
    rows = []
    for record in records.all():
        notice, answer = record.told, record.answered
        rows.append(
            {
                "notice": notice.id,
                "issued_at": stamp(notice.issued_at),
                "by": notice.notifier,
                "key": record.key,
                "category": notice.category,
                "law": list(notice.law),
                "asks": notice.asks,
                "addresses": len(notice.addresses),
                "states": dict(Counter(one.state for one in answer.addresses)) if answer else {},
                "taken_off": held[notice.id],
                "put_back": back[notice.id],
            }
        )
    return rows


def publish(home: Home, records: Records, quarantine: Quarantine) -> None:
    """Write the public log where the owner has named a place for it."""
    if not home.public_log:
        return
    target = Path(home.public_log)
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_text(json.dumps(public_rows(records, quarantine), ensure_ascii=False, indent=1))
    os.chmod(temporary, 0o644)  # noqa: PTH101  # it is for everybody, whatever the umask
    temporary.replace(target)
