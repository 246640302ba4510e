"""`{% voice as sound %}`: the address of the threat page's recording in the page's language, or nothing."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import get_language

from disrupt.hotline.intake.packaged import packaged

register = template.Library()


@register.simple_tag
def voice() -> str:
    """A language that a hotline added has none."""
    language = get_language() or settings.LANGUAGE_CODE
    return static(f"intake/voices/{language}.mp3") if language in packaged("voices.json")["spoken"] else ""
