"""docs/law.md says what the data say: categories, articles, waits, keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from disrupt.hotline.cases.categories import packaged
from disrupt.hotline.common import clock
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.notices.texts import texts_at

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "law.md").read_text()


@pytest.mark.parametrize("category", packaged()[-1].values(), ids=lambda c: c.code)
def test_each_category_has_its_line(category: object, settings: object) -> None:
    from disrupt.hotline.cases.categories import Category

    assert isinstance(category, Category)
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{category.code}` |")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    wait = f"{category.host_wait_hours} h"
    if category.code in texts_at(clock.now()).without_notice:
        wait = "no notice"
    elif not category.illegal:
        wait = "–"
    assert cells[1:] == [
        category.name.en,
        category.article.en,
        category.penalty.en,
        f"P{category.priority}",
        wait,
    ]


def test_each_key_of_the_registry_is_explained() -> None:
    packaged = json.loads((Path(services.__file__).parent / "data" / "recipients-2026-11.json").read_text())
    keys = {key for key in packaged if key not in {"valid_from", "sources", "review"}}
    keys |= set(packaged["hosts"][0]) | set(packaged["fallback"]) | set(packaged["police"])
    for key in keys | set(packaged["notifier"]):
        assert f"`{key}" in PAGE or f".{key}`" in PAGE, key


def test_each_key_of_the_attachment_is_explained() -> None:
    import inspect

    from disrupt.hotline.takedown.notices import machines

    source = inspect.getsource(machines)
    for key in {
        part.split('"')[1]
        for part in source.splitlines()
        if part.strip().startswith('"') and '"""' not in part
    }:
        if key not in {"name", "email"}:
            assert f"`{key}`" in PAGE, key
