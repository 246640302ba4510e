"""`{% help_page "key" %}`: the address of a help page in the page's language."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.translation import get_language

from disrupt.hotline.intake.library.files import library
from disrupt.hotline.intake.library.show import address

register = template.Library()


@register.simple_tag
def help_page(key: str) -> str:
    """Raises NoSuchPage: a template names a page that must exist."""
    return address(library(), get_language() or settings.LANGUAGE_CODE, key)
