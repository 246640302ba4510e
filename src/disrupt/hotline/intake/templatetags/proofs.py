"""What has been received so far, pictures and proofs apart, and how long proofs are kept."""

from __future__ import annotations

from django import template
from django.conf import settings

from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.library.values import duration
from disrupt.hotline.intake.receiving.deposit import PROOF_DAYS
from disrupt.hotline.intake.templatetags.uploads import size_in_words

register = template.Library()


@register.simple_tag
def received(draft: Draft, *, proofs: bool) -> list[dict[str, object]]:
    """The pictures, or the proofs, of a draft.

    `number` is the place among all files, `nth` that among its kind, `size` is in words.
    """
    found = [(n, one.file) for n, one in enumerate(draft.files, 1) if one.file.proof == proofs]
    return [
        {"number": n, "nth": nth, "size": size_in_words(file.size)} for nth, (n, file) in enumerate(found, 1)
    ]


@register.simple_tag
def proof_times() -> dict[str, object]:
    """The `longest` time in words, and the `choices` in days."""
    return {"longest": duration(settings.KEEP_PROOFS), "choices": PROOF_DAYS}
