"""What templates hand to scripts."""

from __future__ import annotations

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """For a script to read, in an attribute."""
    return json.dumps(value)
