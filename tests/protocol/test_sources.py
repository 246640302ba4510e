"""The file that says which lists are taken in: strict, and each thing that is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from disrupt.protocol.taking.sources import BadSources, read_file, read_sources

ROW = {"name": "b", "url": "https://b.example", "key_file": "/keys/b"}


def one(**more: Any) -> dict[str, Any]:
    return {"sources": [{**ROW, **more}]}


def test_nothing_is_passed_on_and_no_minor_is_taken_until_it_is_said() -> None:
    (source,) = read_sources(one())
    rules = source.rules
    assert (rules.pass_on, rules.minors, rules.origins, rules.category("ADU-DNCI")) == (
        False, False, {"examined"}, "",
    )  # fmt: skip


def test_a_category_of_theirs_is_ours_by_name_or_by_the_star() -> None:
    (source,) = read_sources(one(categories={"THEIRS": "OURS", "*": "REST"}))
    assert [source.rules.category(code) for code in ("THEIRS", "ELSE")] == ["OURS", "REST"]
    (other,) = read_sources(one(categories={"THEIRS": "OURS"}))
    assert source.rules.mark != other.rules.mark


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"name": "../b"}, "a-z"),
        ({"passon": True}, "no passon"),
        ({"pass_on": 1}, "true or false"),
        ({"url": 1}, "url"),
        ({"key_file": None}, "key_file"),
        ({"protocol": "other"}, "protocol"),
        ({"log_keys": ["ab"]}, "log key"),
        ({"origins": ["own"]}, "origins"),
        ({"kinds": "image"}, "kinds"),
        ({"quality": 49}, "quality"),
        ({"quality": True}, "quality"),
        ({"most": -1}, "most"),
        ({"categories": {"A": "*"}}, "categories"),
        ({"categories": ["A"]}, "categories"),
    ],
)
def test_what_is_wrong_is_named(more: dict[str, Any], wanted: str) -> None:
    with pytest.raises(BadSources, match=wanted):
        read_sources(one(**more))


def test_two_of_one_name_and_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadSources, match="one name"):
        read_sources({"sources": [ROW, ROW]})
    for text in (None, "no", "[]", '{"sources": 1}', '{"sources": [1]}'):
        if text is not None:
            (tmp_path / "file").write_text(text)
        with pytest.raises(BadSources):
            read_file(tmp_path / "file")
