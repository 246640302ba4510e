"""For leads: where two analysts disagree, and how far they agree beyond chance (Cohen's kappa)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.cases.models import Asked, SecondOpinion
from disrupt.hotline.cases.states import ImpossibleStep
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.decisions import disputes, opinions, rules, undoing

MEASURED = dt.timedelta(days=365)


@dataclass(frozen=True)
class Agreement:
    """Of `n` items that either of two people put into a category, so many that both did; and kappa.

    `kappa` is None where it says nothing: both always said the same.
    """

    category: str
    n: int
    both: int
    kappa: float | None


def kappa(pairs: Iterable[tuple[str, str]] | Counter[tuple[str, str]]) -> float | None:
    """Cohen's kappa of what two people said of the same things (Cohen 1960); None where it is not defined.

    (observed - expected) / (1 - expected), the expected agreement being that of two people who say each
    category as often as they do, by chance.
    """
    said = Counter(pairs)
    n = said.total()
    if not n:
        return None
    first, second = Counter[str](), Counter[str]()
    for (a, b), times in said.items():
        first[a] += times
        second[b] += times
    observed = sum(times for (a, b), times in said.items() if a == b) / n
    expected = sum(first[code] * second[code] for code in first) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def agreements() -> tuple[list[Agreement], Agreement]:
    """Each category of the items drawn by chance within a year, and all of them together."""
    drawn = SecondOpinion.objects.filter(why=Asked.SAMPLE, at__gte=clock.now() - MEASURED)
    counted = drawn.order_by().values_list("first", "category").annotate(n=Count("pk"))
    pairs = Counter({(a, b): n for a, b, n in counted})
    rows = []
    for code in sorted({code for pair in pairs for code in pair}):
        alone = Counter[tuple[str, str]]()
        for (a, b), n in pairs.items():
            alone[str(a == code), str(b == code)] += n
        either = sum(n for pair, n in pairs.items() if code in pair)
        rows.append(Agreement(code, either, pairs[code, code], kappa(alone)))
    both = sum(n for (a, b), n in pairs.items() if a == b)
    return rows, Agreement("", pairs.total(), both, kappa(pairs))


@require_GET
@requires(may.AGREEMENT_READ)
def page(request: HttpRequest) -> HttpResponse:
    """Disputes that wait, and the agreement that was measured."""
    rows, together = agreements()
    own = str(analyst(request.user.pk or 0))
    disputed = [(one, own not in (one.by, one.decision.by)) for one in opinions.disputed()[:100]]
    context = {"disputed": disputed, "rows": rows, "together": together, "asked": opinions.waiting().count()}
    return render(request, "review/agreement.html", context)


@require_POST
@requires(may.DISPUTE_SETTLE)
def settle(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """A third person says which of the two stands."""
    found = get_object_or_404(SecondOpinion.objects.select_related("decision__item"), pk=opinion_id)
    second, actor = request.POST.get("stands") == "second", analyst(request.user.pk or 0)
    try:
        with transaction.atomic():
            (disputes.decide_as_second if second else opinions.confirm)(found, actor)
            if not second:
                rules.heard(found, actor, settled=True)
    except opinions.NotYours:
        messages.error(request, _("A third person ends a dispute: you are one of the two."))
    except (opinions.NotAsked, undoing.TooLate, ImpossibleStep):
        messages.error(request, _("This dispute is over, or the decision was undone or withdrawn meanwhile."))
    else:
        messages.success(request, _("Settled."))
    return redirect("review:agreement")
