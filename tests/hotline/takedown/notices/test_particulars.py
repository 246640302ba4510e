"""What an analyst says of one item names nobody and stands in the notice; what makes a notice complete."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_pages import alice as alice

from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions, targets
from disrupt.hotline.takedown.models import Notice, Particular
from disrupt.hotline.takedown.notices import elements, particulars
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.particulars import Names, named_in
from disrupt.hotline.takedown.notices.regimes import regimes
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("écrivez à jeanne@exemple.fr", Names.MAIL), ("le compte @jeanne_d", Names.ACCOUNT),
        ("06 12 34 56 78", Names.NUMBER), ("+33 (0)6.12.34.56.78", Names.NUMBER),
        ("elle habite 12 rue des Lilas", Names.ADDRESS), ("at 7 Elm street", Names.ADDRESS),
        ("Jeanne Dupont en photo", Names.NAME), ("avec Jean-Luc O’Brien", Names.NAME),
        ("see www.example.org", Names.LINK), ("https://x.example/1", Names.LINK),
    ],
)  # fmt: skip
def test_what_could_name_somebody(text: str, what: Names) -> None:
    assert named_in(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "Third post, second picture",
        "Fichier IMG_2041.jpg, page 3 sur 12",
        "02:13 à 02:45",
        "Trois images d’une personne nue",
    ],
)
def test_what_names_nobody(text: str) -> None:
    assert named_in(text) is None


def test_they_stand_in_the_notice(opened: Opened, postmaster: Postmaster) -> None:
    _police, host = opened()
    seen = clock.now() - dt.timedelta(hours=1)
    media = "https://img.pictures.example.net/12.jpg"
    said = {"place": "Third post\nBcc: x", "moment": "02:13", "media": media}
    particulars.describe(host, ALICE, particulars.said(shows="une personne nue", seen_at=seen, **said))
    go_round()
    later(hours=7)
    go_round()
    (mail,) = postmaster.to(HOST_ADDRESS)
    for line in ("page: Third post Bcc: x", "Moment of the film: 02:13", media, "Seen online on"):
        assert line in mail.text
    (one,) = json.loads(mail.message.get_payload(1).get_payload(decode=True))["urls"]  # type: ignore[union-attr, arg-type, call-overload]
    assert (one["place"], one["moment"], one["media"]) == ("Third post Bcc: x", "02:13", media)
    assert host.item.case.ledger.filter(kind="notice.described").exists()


def test_what_was_composed_and_did_not_leave_is_written_anew(opened: Opened, postmaster: Postmaster) -> None:
    postmaster.answers["rcpt"] = "450 later"
    _police, host = opened()
    actions.waive_police(host, ALICE, "urgent")
    go_round()
    host.refresh_from_db()
    assert host.message
    particulars.describe(host, ALICE, particulars.said(place="fourth post"))
    host.refresh_from_db()
    assert not host.message
    postmaster.answers.clear()
    later(minutes=5)
    go_round()
    assert "fourth post" in postmaster.to(HOST_ADDRESS)[0].text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"place": " "},
        {"shows": "Jeanne Dupont"},
        {"media": "nothing"},
        {"seen_at": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_what_is_not_taken(opened: Opened, said: dict[str, Any]) -> None:
    _police, host = opened()
    with pytest.raises(actions.NotPossible):
        particulars.describe(host, ALICE, particulars.said(**said))
    assert not Particular.objects.exists()


def test_they_go_with_the_address(opened: Opened) -> None:
    police, host = opened()
    particulars.describe(host, ALICE, particulars.said(place="x"))
    police.item.__class__.objects.update(url="")
    assert targets.forget(host.target_id)
    assert not Particular.objects.exists()


def test_the_form_says_what_is_wrong(alice: Client, opened: Opened) -> None:
    _police, host = opened()
    url = reverse("takedown:act", args=[host.pk, "particulars"])
    for data, words in (
        ({"shows": "Jeanne Dupont"}, "write them small"),
        ({"place": "a@b.example"}, "There is an e-mail address in it."),
        ({"file": "nothing"}, "This is not an address."),
        ({"seen_at": "2100-01-01T10:00"}, "This time is still to come."),
        ({}, "Say at least one of these."),
    ):
        answer = alice.post(url, data)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), data
    text = alice.post(url, {"place": "third post"}, follow=True).content.decode()
    assert "Where in the page: third post" in text


def test_each_element_of_the_article_has_its_error(opened: Opened) -> None:
    _police, host = opened()
    whole, dsa = compose(host, clock.now()), regimes()["dsa"]
    elements.check(whole, dsa, anonymous=False)
    told = whole.attachment

    def lacking(**changes: Any) -> Any:
        return replace(whole, attachment={**told, **changes})

    for error, one in (
        (elements.NotSubstantiated, lacking(category={**told["category"], "facts": " "})),
        (elements.NoLocation, lacking(urls=[{**told["urls"][0], "host": ""}])),
        (elements.NoLocation, lacking(urls=[])),
        (elements.NoNotifier, lacking(notifier={"name": "", "email": "a@b.example"})),
        (elements.NoNotifier, lacking(notifier={"name": "x", "email": "nobody"})),
        (elements.NoGoodFaith, lacking(bona_fide=False)),
    ):
        with pytest.raises(error):
            elements.check(one, dsa, anonymous=False)
    elements.check(lacking(notifier=None), dsa, anonymous=True)


def test_an_incomplete_notice_is_not_sent_and_says_what_is_missing(
    opened: Opened, postmaster: Postmaster, settings: Any
) -> None:
    _police, host = opened()
    actions.waive_police(host, ALICE, "urgent")
    settings.HOTLINE_NAME = ""
    go_round()
    host.refresh_from_db()
    assert (host.state, host.step, host.reply[:8]) == (NoticeState.FAILED, Step.HOST, "16(2)(c)")
    assert not postmaster.to(HOST_ADDRESS)
