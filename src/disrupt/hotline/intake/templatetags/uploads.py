"""What the question about photos and videos must say: how many, and how large."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from disrupt.hotline.intake.receiving.uploads import largest

register = template.Library()


@register.simple_tag
def upload_limits() -> dict[str, object]:
    """`most` files; `largest` bytes by the script, `in_form` without it; the same `in_words`."""
    return {
        "most": settings.MAX_FILES,
        "largest": settings.MAX_UPLOAD_BYTES,
        "in_words": size_in_words(settings.MAX_UPLOAD_BYTES),
        "in_form": largest(),
        "in_form_in_words": size_in_words(largest()),
    }


def size_in_words(size: int) -> str:
    """A size for people, in the units that phones show, e.g. 1 GB."""
    for unit, text in ((1024**3, _("%(n)d GB")), (1024**2, _("%(n)d MB")), (1024, _("%(n)d kB"))):
        if size >= unit:
            return text % {"n": round(size / unit)}
    return _("%(n)d bytes") % {"n": size}
