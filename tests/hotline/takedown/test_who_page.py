"""The page of a notice shows who can be told, and lets an analyst tell them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from tests.hotline.takedown.test_pages import alice as alice

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.models import Contact, Notice, Scope
from disrupt.hotline.takedown.states import NoticeState


def test_the_chain_is_shown_and_told(
    alice: Client, opened: Callable[..., list[Notice]], settings: Any
) -> None:
    settings.RDAP_LISTS = "https://lists.example/"
    police, host = opened("https://forum.smallsite.org/1")
    url = reverse("takedown:notice", args=[host.pk])
    assert "Registries are being asked." in alice.get(url).content.decode()
    common = {"target": host.target, "source": "RDAP 192.0.2.0/24", "found_at": clock.now()}
    told = Contact.objects.create(place=1, scope=Scope.HOST, name="Desk", address="a@net.example", **common)
    Contact.objects.create(place=2, scope=Scope.OPERATOR, name="Own", address="a@smallsite.org", **common)
    text = alice.get(url).content.decode()
    assert "a@net.example" in text
    assert "They may be the abuser." in text
    tell = reverse("takedown:tell", args=[host.pk, told.pk])
    assert "The notice will be sent to this address." in alice.post(tell, follow=True).content.decode()
    host.refresh_from_db()
    assert (host.state, host.address, host.name) == (NoticeState.SCHEDULED, "a@net.example", "Desk")
    other = reverse("takedown:tell", args=[police.pk, told.pk])
    assert "cannot be told" in alice.post(other, follow=True).content.decode()
    assert "Peut être l’auteur" in alice.get(url, headers={"accept-language": "fr"}).content.decode()
    asked = alice.post(reverse("takedown:act", args=[host.pk, "trace"]), follow=True).content.decode()
    assert "Registries are asked" in asked
