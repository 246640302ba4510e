"""The pages of legal holds, and what the reporter of a held case is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import page

from disrupt.hotline.cases.models import LegalHold
from disrupt.hotline.common import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_one_asks_another_confirms(as_alice: Client, make_user: MakeUser, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    path = f"/cases/{case.pk}/hold/"
    day = (clock.now() + dt.timedelta(days=60)).date().isoformat()
    for wrong in ({"until": "2020-01-01"}, {"until": "2126-01-01"}, {"until": ""}, {"motive": "other"}):
        said = {"motive": "police", "reference": "PV 12", "until": day, **wrong}
        assert as_alice.post(path, said).status_code == 422
    as_alice.post(path, {"motive": "police", "reference": "PV 12", "until": day})
    hold = LegalHold.objects.get()
    assert "Nothing of this case is destroyed before" in page(as_alice, path)
    assert as_alice.post(f"/holds/{hold.pk}/confirm/").status_code == 403
    lead = signed_in(make_user("lea", "lead"))
    assert case.reference in page(lead, "/holds/")
    lead.post(f"/holds/{hold.pk}/confirm/")
    hold.refresh_from_db()
    assert hold.confirmed_at is not None
    assert "held until" in page(as_alice, f"/cases/{case.pk}/")
    assert "confirmed by lea" in page(as_alice, path)
    lead.post(f"/holds/{hold.pk}/end/")
    assert "held until" not in page(as_alice, f"/cases/{case.pk}/")
    assert "No case is held" in page(lead, "/holds/")


def test_nobody_confirms_their_own(client: Client, make_user: MakeUser, make_case: Any) -> None:
    lead: User = make_user("lea", "lead")
    client.force_login(lead)
    case = make_case(urls=("https://example.org/a",))
    day = (clock.now() + dt.timedelta(days=60)).date().isoformat()
    client.post(f"/cases/{case.pk}/hold/", {"motive": "court", "reference": "1", "until": day})
    client.post(f"/holds/{LegalHold.objects.get().pk}/confirm/")
    assert LegalHold.objects.get().confirmed_at is None
    assert "Two people hold a case" in page(client, f"/cases/{case.pk}/hold/")
