"""Around every page: the menu says where one is, languages have names, and no link leads nowhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import page

from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.review.templatetags.spoken import language_name
from disrupt.hotline.takedown.planning import halts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CURRENT = re.compile(r'<a href="([^"]+)" aria-current="(page|true)">')


@pytest.fixture
def lena(make_user: MakeUser) -> Client:
    return signed_in(make_user("lena", "lead"))


@pytest.mark.parametrize(
    ("path", "place", "how"),
    [
        ("/", "/", "page"),
        ("/second/", "/", "true"),
        ("/holds/", "/", "true"),
        ("/search/", "/", "true"),
        ("/messages/", "/messages/", "page"),
        ("/takedown/", "/takedown/", "page"),
        ("/takedown/hosts/", "/takedown/", "true"),
        ("/figures/", "/figures/", "page"),
        ("/figures/reports/", "/figures/", "true"),
        ("/agreement/", "/figures/", "true"),
        ("/partners/proposals/", "/partners/", "true"),
        ("/partners/lists/", "/partners/", "true"),
        ("/admin/audit/", "/admin/switches/", "true"),
    ],
)
def test_the_menu_says_where_one_is(lena: Client, path: str, place: str, how: str) -> None:
    menu = page(lena, path).split("</nav>")[0]
    assert CURRENT.findall(menu) == [(place, how)]


def test_ones_own_pages_are_under_no_word_of_the_menu(lena: Client) -> None:
    assert CURRENT.findall(page(lena, "/accounts/2fa/").split("</nav>")[0]) == []


def test_a_language_has_a_name() -> None:
    with translation.override("en"):
        assert [language_name(code) for code in ("fr", "ar", "xx")] == ["French", "Arabic", "xx"]
    with translation.override("fr"):
        assert language_name("en") == "anglais"


def test_changing_a_password_offers_no_way_that_is_closed(lena: Client) -> None:
    html = page(lena, "/accounts/password/change/")
    assert "/accounts/password/reset/" not in html
    assert html.count('type="password"') == 3


def test_the_list_of_notices_says_what_is_stopped(lena: Client) -> None:
    halts.stop("forum.example.com", OPERATOR, "they asked for one contact")
    assert re.search(r"Stopped: <span translate=\"no\">example.com</span>", page(lena, "/takedown/"))
