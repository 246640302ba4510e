"""The same notice for programs; docs/law.md describes every key."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.models import Particular
from disrupt.hotline.takedown.notices.facts import Facts
from disrupt.hotline.takedown.states import RecipientKind

# https://transparency.dsa.ec.europa.eu/page/api-documentation : categories of statements of reasons.
_DSA_MINORS, _DSA_ADULTS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "STATEMENT_CATEGORY_CYBER_VIOLENCE"


def for_machines(facts: Facts, at: dt.datetime) -> dict[str, Any]:
    """Every key, in the order in which they are documented."""
    notice, category = facts.notice, facts.category
    about = facts.texts.about(category, notice.language)
    notifier = None
    if not facts.omit_notifier:
        notifier = {
            "name": one_line(settings.HOTLINE_NAME, 120),
            "email": settings.HOTLINE_EMAIL,
            "trusted_flagger": facts.flagger is not None,
        }
    return {
        "format": "disrupt-notice/1",
        "reference": notice.reference,
        "composed_at": at.isoformat(timespec="seconds"),
        "legal_basis": facts.regime.law.en,
        "urls": [
            {
                "exact": one.place.exact,
                "ascii": one.place.ascii,
                "host": one.place.host,
                "examined_on": one.examined.isoformat(),
                "sha256": one.sha256 or None,
                **_identified(one.particular),
            }
            for one in facts.where
        ],
        "category": {
            "code": category.code,
            "scheme": notice.scheme,
            "name": about["name"],
            "facts": about["facts"],
            "law": about["article"],
            "penalty": about["penalty"],
            "concerns_a_minor": category.minors,
            "dsa_statement_category": _DSA_MINORS if category.minors else _DSA_ADULTS,
        },
        "requested": "act" if notice.recipient == RecipientKind.PHAROS else "remove_or_block",
        "notifier": notifier,
        "bona_fide": True,
        "signature": _signature(facts),
        "deadline_hours": _hours(facts),
        "language": notice.language,
    }


def _hours(facts: Facts) -> float | None:
    deadline = facts.regime.deadline
    return None if deadline is None else deadline.total_seconds() / 3600


def _signature(facts: Facts) -> dict[str, str] | None:
    """Who signs for the person concerned, by which mandate; None where the law wants no signature."""
    mandate = facts.mandate
    if mandate is None or mandate.signed_on is None:
        return None
    return {
        "name": one_line(settings.HOTLINE_NAME, 120),
        "as": "authorised by the person concerned, or by their legal representative",
        "mandate_signed_on": mandate.signed_on.isoformat(),
        "mandate_sha256": mandate.document,
    }


def _identified(one: Particular | None) -> dict[str, str | None]:
    """The same particulars for programs."""
    return {
        "place": one.place or None if one else None,
        "moment": one.moment or None if one else None,
        "media": one.media or None if one else None,
        "shows": one.shows or None if one else None,
        "seen_at": one.seen_at.isoformat(timespec="seconds") if one and one.seen_at else None,
    }
