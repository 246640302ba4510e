"""Cloudflare's interface for reports of abuse: the per-type shape, one report for addresses of one host.

It has no key against sending twice, so that an answer that was lost is asked for among what was submitted
before anything is sent again. The owner of the site is never notified; the host always is.
Source: the official client, 5.9 (`/accounts/{account_id}/abuse-reports/…`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings

from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.common.outbound import errors, one_line
from disrupt.hotline.common.outbound.door import Door, Fetched
from disrupt.hotline.takedown.channels.base import Capabilities, Found, Outcome, Parcel, Steps
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import Composed
from disrupt.hotline.takedown.states import CLOUDFLARE_ADULTS, CLOUDFLARE_MINORS

# Types of reports.
_NCSEI, _CHILDREN = "abuse_ncsei", "abuse_children"
_LONGEST_COMMENT = 2000
# By so much two clocks may differ.
_SLACK = dt.timedelta(minutes=10)
_PATIENCE = 10.0


class Cloudflare:
    """Reports through the hotline's own account."""

    capabilities = Capabilities(by_itself=True, most_at_once=250, one_host=True, reconciles=True)

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door()

    def takes(self, category: str) -> bool:
        return bool(settings.CLOUDFLARE_TOKEN) and category in CLOUDFLARE_ADULTS | CLOUDFLARE_MINORS

    def prepare(self, notice: Notice, composed: Composed, at: dt.datetime) -> bytes:
        act = _CHILDREN if scheme(notice.scheme)[notice.category].minors else _NCSEI
        # As the notice says it in the recipient's language.
        about = composed.attachment["category"]
        law = f"{about['facts']} {about['law']}"
        fields: dict[str, Any] = {
            "act": act,
            "name": one_line(settings.HOTLINE_NAME, 255),
            "company": one_line(settings.HOTLINE_NAME, 100),
            "email": settings.HOTLINE_EMAIL,
            "email2": settings.HOTLINE_EMAIL,
            "urls": "\n".join(dict.fromkeys(one["ascii"] for one in composed.attachment["urls"])),
            "host_notification": "send",
            "owner_notification": "none",
            "comments": one_line(f"{notice.reference}: {law}", _LONGEST_COMMENT),
        }
        if act == _NCSEI:
            # Whoever submits is not the person shown.
            fields["ncsei_subject_representation"] = False
        else:
            fields |= {"justification": fields["comments"], "ncmec_notification": "send"}
        return json.dumps(fields, ensure_ascii=False, indent=1).encode()

    def send(self, parcel: Parcel, steps: Steps) -> None:
        if not settings.CLOUDFLARE_TOKEN:
            steps.fail("There is no token for this interface (DISRUPT_CLOUDFLARE_TOKEN).")
            return
        act = json.loads(parcel.message)["act"]
        if not steps.begin():
            return
        try:
            fetched = self._call("POST", act, parcel.message)
        except (*errors.NotSent, errors.Busy) as error:
            steps.postpone(str(error))
        except errors.DoorError as error:
            steps.doubt(f"no answer ({type(error).__name__})")
        else:
            _heard(fetched, steps)

    def reconcile(self, notice: Notice) -> Found:
        """Look for it among what was submitted since. Raises DoorError."""
        wanted = set(json.loads(bytes(notice.message))["urls"].split("\n"))
        since = (notice.transmitting_at or notice.created_at) - _SLACK
        listed = _told(self._call("GET", "submitted"))
        if listed is None:
            return Found(Outcome.UNKNOWN)
        for report in _reports(listed):
            if _date(report.get("cdate")) < since:
                continue
            urls = _urls(report)
            if not urls:
                one = _told(self._call("GET", f"submitted/{quote(str(report.get('id', '')), safe='')}"))
                if one is None:
                    return Found(Outcome.UNKNOWN)
                urls = _urls(one if isinstance(one, Mapping) else {})
            if urls == wanted:
                return Found(Outcome.ARRIVED, one_line(str(report.get("id", "")), 120))
        return Found(Outcome.NOT_THERE)

    def _call(self, method: str, path: str, body: bytes = b"") -> Fetched:
        account = quote(settings.CLOUDFLARE_ACCOUNT, safe="")
        url = f"{settings.CLOUDFLARE_URL.rstrip('/')}/accounts/{account}/abuse-reports/{path}"
        headers = {"Authorization": f"Bearer {settings.CLOUDFLARE_TOKEN}", "Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        return self._door.call(method, url, headers, body, patience=_PATIENCE)


def _heard(fetched: Fetched, steps: Steps) -> None:
    """What the interface's answer means for the report."""
    status, told = fetched.response.status, _object(fetched)
    if status == 429:
        steps.postpone("429 asked to wait")
    elif status in {401, 403}:
        steps.fail(f"{status} the token is not accepted")
    elif 200 <= status <= 299 and told.get("success") is True:
        steps.accept(f"{status} taken", one_line(str(told.get("result", "")), 120))
    elif (400 <= status <= 499 or told.get("success") is False) and status < 500:
        said = "; ".join(f"{e.get('code')} {e.get('message')}" for e in _list(told.get("errors"))[:3])
        steps.refuse(one_line(f"{status} {said}", 300))
    else:
        steps.doubt(f"{status} without an answer")


def _object(fetched: Fetched) -> Mapping[str, Any]:
    try:
        told = json.loads(fetched.response.body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _told(fetched: Fetched) -> Any:
    """The result of a question; None where there is no answer to rely on."""
    told = _object(fetched)
    good = fetched.response.status == 200 and told.get("success") is True
    return told.get("result") if good else None


def _list(raw: object) -> list[Mapping[str, Any]]:
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def _reports(result: object) -> Iterator[Mapping[str, Any]]:
    yield from _list(result.get("reports") if isinstance(result, dict) else result)


def _urls(report: Mapping[str, Any]) -> set[str]:
    raw = report.get("urls")
    found = raw.split("\n") if isinstance(raw, str) else raw if isinstance(raw, list) else []
    return {str(one) for one in found if one}


def _date(raw: object) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(str(raw))
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
