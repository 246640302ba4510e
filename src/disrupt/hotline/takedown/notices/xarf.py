"""A notice as XARF 4 reports (xarf.org), for a host whose line in the registry says that it takes them.

Only where the format has a type for what the notice is about, and never with the content or a picture of it:
intimate images of adults have no type, and are never passed off as another (`data/xarf-*.json`).
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import Any

from django.conf import settings

from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.notices.facts import Facts, Where


@functools.cache
def _format() -> dict[str, Any]:
    """The newest version: which category is which type, with the fields that the type needs."""
    found: dict[str, Any] = json.loads(packaged.versions_of("xarf")[-1])
    return found


def reports(facts: Facts, at: dt.datetime) -> tuple[dict[str, Any], ...]:
    """One report for each address; none where no type fits, or the notifier must not be named."""
    kind = _format()["categories"].get(facts.category.code)
    if kind is None or facts.omit_notifier or not facts.takes_xarf:
        return ()
    return tuple(_report(one, kind, at) for one in facts.where)


def _report(where: Where, kind: dict[str, str], at: dt.datetime) -> dict[str, Any]:
    seen = where.particular.seen_at if where.particular and where.particular.seen_at else where.examined_at
    us = {
        "org": one_line(settings.HOTLINE_NAME, 120),
        "contact": settings.HOTLINE_EMAIL,
        "domain": settings.HOTLINE_EMAIL.rpartition("@")[2],
    }
    hashes = {"hash_values": {"sha256": where.sha256}} if where.sha256 and kind["type"] == "csam" else {}
    return {
        "xarf_version": _format()["format"],
        "report_id": where.report,
        "timestamp": min(seen, at).isoformat(timespec="seconds"),
        "reporter": us,
        "sender": us,
        "source_identifier": where.place.host,
        "category": "content",
        **kind,
        "url": where.place.ascii,
        "verified_at": min(seen, at).isoformat(timespec="seconds"),
        "verification_method": "manual",
        "evidence_source": "researcher_analysis",
        "evidence": [],
        **hashes,
    }
