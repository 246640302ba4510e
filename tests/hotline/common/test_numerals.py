"""Numbers that come from outside as text."""

from __future__ import annotations

import pytest

from disrupt.hotline.common import numerals


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("007", 7), ("9" * 15, 10**15 - 1)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert numerals.whole(text) == number


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "+1", "1.0", " 1", "1_0", "9" * 16, "one"])
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(numerals.NotANumber):
        numerals.whole(text)
    assert numerals.number_after("remove-", f"remove-{text}") is None


def test_a_button_has_its_own_number() -> None:
    assert numerals.number_after("remove-", "remove-3") == 3
    assert numerals.number_after("remove-", "send") is None
    assert numerals.number_after("remove-", "3") is None


def test_a_number_in_an_address_has_no_more_digits_than_a_database_counts() -> None:
    from django.urls import Resolver404, path
    from django.urls.resolvers import RegexPattern, URLResolver

    found = URLResolver(RegexPattern("^/"), [path("<number:one>/", str, name="one")])
    assert found.resolve("/123456789012345678/").kwargs == {"one": 123456789012345678}
    for text in ("9" * 19, "9" * 5000, "²", "-1"):
        with pytest.raises(Resolver404):
            found.resolve(f"/{text}/")
