"""What a decision says for its notices, line by line, in the words of the notices' own form."""

from __future__ import annotations

from django import template

from disrupt.hotline.cases.models import Qualification
from disrupt.hotline.review.templatetags.review import moment
from disrupt.hotline.takedown.notices.particulars import Said
from disrupt.hotline.takedown.pages.forms import ParticularsForm

register = template.Library()


@register.filter
def told_lines(decision: Qualification) -> list[tuple[str, str]]:
    """Label and text of each that is said."""
    told = Said.of_data(decision.particulars)
    texts = {"place": told.place, "moment": told.moment, "file": told.media, "shows": told.shows}
    texts["seen_at"] = moment(told.seen_at) if told.seen_at else ""
    labels = ParticularsForm.base_fields
    return [(str(labels[name].label), text) for name, text in texts.items() if text]
