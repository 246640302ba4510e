"""No table of a lower floor points at one of a higher floor."""

from __future__ import annotations

from django.apps import apps

FLOORS = {
    "common": 0,
    "tally": 1,
    "cases": 2,
    "bank": 2,
    "intake": 3,
    "takedown": 3,
    "exchange": 3,
    "insight": 3,
    "review": 4,
}


def _house_models() -> list[type]:
    return [m for m in apps.get_models() if m.__module__.startswith("disrupt.hotline.")]


def test_foreign_keys_point_down_or_stay_in_their_app() -> None:
    seen = 0
    for model in _house_models():
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.related_model
            if target is None or field.auto_created or not target.__module__.startswith("disrupt.hotline."):
                continue
            seen += 1
            here, there = model._meta.app_label, target._meta.app_label
            assert here == there or FLOORS[there] < FLOORS[here], f"{model.__name__}.{field.name} points up"
    assert seen > 5


def test_no_column_for_what_is_never_kept() -> None:
    """D10: no IP address, user agent, original file name or referrer."""
    forbidden = {
        "ip",
        "ip_address",
        "remote_addr",
        "user_agent",
        "filename",
        "file_name",
        "referrer",
        "referer",
    }
    for model in _house_models():
        assert not forbidden & {field.name for field in model._meta.get_fields()}, model
