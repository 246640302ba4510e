"""The classification scheme: complete in both languages, and valid by date."""

from __future__ import annotations

import datetime as dt

import pytest

from disrupt.hotline.cases.categories import UnknownCategory, scheme, scheme_at, schemes


def test_every_text_is_there_in_both_languages() -> None:
    for version in schemes():
        texts = [t for c in version.values() for t in (c.name, c.facts, c.article, c.penalty)]
        texts += [reason.text for reason in version.reasons.values()]
        assert all(text.fr.strip() and text.en.strip() for text in texts)


def test_a_moment_has_one_scheme() -> None:
    now = scheme_at(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    assert now is scheme(now.version)
    assert now["MIN-CSAM"].minors
    assert now["MIN-CSAM"].priority == 0
    assert not now["OUT"].illegal
    assert 3 <= now["NCII-DIF"].host_wait_hours <= 6


def test_what_does_not_exist_says_so() -> None:
    with pytest.raises(UnknownCategory, match="NO-SUCH"):
        schemes()[0]["NO-SUCH"]
    with pytest.raises(UnknownCategory, match="1999"):
        scheme("1999")
