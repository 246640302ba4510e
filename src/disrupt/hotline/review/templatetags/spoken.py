"""A language by its name: a code of two letters is for machines."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language, get_language_info

register = template.Library()


@register.filter
def language_name(code: str) -> str:
    """`fr` is “French” on an English page and “français” on a French one; a code that nobody knows stays."""
    try:
        name = str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
    # Django's French names begin as a list of them would, and these stand in sentences.
    return name.lower() if (get_language() or "").startswith("fr") else name
