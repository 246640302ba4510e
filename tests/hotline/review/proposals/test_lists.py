"""The page of other hotlines' lists: their rules, what became of their entries, what is wrong."""

from __future__ import annotations

import pytest
from tests.hotline.exchange.taking.lists import TAKEN, page, told
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review import pages

from disrupt.hotline.exchange.taking import services
from disrupt.hotline.exchange.taking.models import TakenSource


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_each_list_is_shown_with_its_rules_and_what_became_of_its_entries(make_user: MakeUser) -> None:
    lena = signed_in(make_user("lena", "lead"))
    assert "No list is taken in." in pages.page(lena, "/partners/lists/")
    source = services.begins("hotline-b", "https://b.example", TAKEN)
    entries = [told("one"), told("two"), told("young", minors="declared")]
    services.take_in(source, page("hotline-b", *entries, malformed=4), TAKEN)
    TakenSource.objects.update(problem="this key was revoked <script>")
    html = pages.page(lena, "/partners/lists/")
    for words in ("hotline-b", "https://b.example", "* → NCII-DIF", "It was never read to its end."):
        assert words in html
    assert "this key was revoked &lt;script&gt;" in html
    cells = {"offered to partners": 2, "of a minor": 1, "could not be read": 4}
    for name, number in cells.items():
        assert f'<th scope="row">{name}</th><td>{number}</td>' in html
