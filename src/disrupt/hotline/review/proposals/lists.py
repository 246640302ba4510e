"""The page of other hotlines' lists: what each brings, by which rules, and how fetching goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.exchange.taking import disputes
from disrupt.hotline.exchange.taking.models import TakenSource, Verdict
from disrupt.hotline.exchange.taking.services import counts
from disrupt.hotline.insight import wording as w
from disrupt.protocol.taking.sources import STAYS


@dataclass(frozen=True)
class Shown:
    """One list, its rules in words, and how many of its entries came to what."""

    source: TakenSource
    rules: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, str], ...]


@require_GET
@requires(may.FEEDBACK_READ)
def page(request: HttpRequest) -> HttpResponse:
    """It shows; what is shown is changed in the file of sources, by an operator."""
    sources = list(TakenSource.objects.all())
    found = counts(sources)
    shown = [Shown(one, _rules(one), _counts(one, found[one.pk])) for one in sources]
    return render(request, "review/lists.html", {"lists": shown, "disputed": disputes.to_decide().count()})


def _rules(source: TakenSource) -> tuple[tuple[str, str], ...]:
    rules = source.rules
    stays = rules.get("on_dispute") == STAYS
    pairs = (f"{theirs} → {ours}" for theirs, ours in rules["categories"].items())
    return (
        (_("May be passed on"), _("yes") if rules["pass_on"] else _("no: its entries are counted only")),
        (_("Entries of minors"), _("yes") if rules["minors"] else _("no")),
        (_("Origins"), ", ".join(rules["origins"])),
        (_("Kinds"), ", ".join(rules["kinds"])),
        (_("Least quality"), w.number(rules["quality"])),
        (_("What a partner disputes"), _("stays meanwhile") if stays else _("is set aside meanwhile")),
        (_("Categories, theirs and ours"), ", ".join(pairs) or _("none: nothing is taken")),
    )


def _counts(source: TakenSource, found: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    rows = [(str(Verdict(verdict).label), found[verdict]) for verdict in Verdict.values if verdict in found]
    rows += [(_("beyond the number that is taken"), source.left_out)] if source.left_out else []
    rows += [(_("could not be read"), source.malformed)] if source.malformed else []
    return tuple((name, w.number(n)) for name, n in rows)
