"""Somebody came across a child's picture: its address alone, and nothing to send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.intake.asking import retyping, shelf
from disrupt.hotline.intake.asking.forms import MOST_WORDS, WitnessForm
from disrupt.hotline.intake.asking.journey import Journey, Step, Way
from disrupt.hotline.intake.asking.questions import Problem, problems_of
from disrupt.hotline.intake.asking.views.sending import NotSaved, send
from disrupt.hotline.intake.asking.where import MOST_ROWS, WhereForm, put_aside
from disrupt.hotline.intake.visit.limits import GATE, network_of
from disrupt.hotline.intake.visit.lines import lines
from disrupt.hotline.intake.visit.work import WORK

_PAGE = "child"


@require_http_methods(["GET", "HEAD", "POST"])
def child(request: HttpRequest) -> HttpResponse:
    """The addresses, perhaps some words, a statement; on POST send it, or show it again by a GET."""
    if request.method != "POST":
        return _show(request)
    data: QueryDict = request.POST
    pressed = data.get("action", "send")
    if pressed == "without":
        changed, words = put_aside(data, data.get("description", ""), MOST_WORDS)
        changed["description"] = words
        data = changed
    where, said = WhereForm(data), WitnessForm(data)
    valid = where.is_valid() & said.is_valid() and bool(where.kept)
    if pressed != "send" or not valid:
        return _again(request, retyping.keep(Journey(), _PAGE, data, pressed))
    # What was under way in this browser was somebody else's matter.
    shelf.destroy(request.session, files=True)
    report = Journey(
        ways=(Way.ONLINE,),
        urls=where.kept,
        reporter=Reporter.WITNESS,
        age=AgeWhenTaken.MINOR,
        description=said.cleaned_data["description"].strip(),
        answered=(Step.WAYS, Step.WHERE, Step.WHO),
    )
    try:
        return send(request, report)
    except NotSaved:
        return _again(request, retyping.keep(Journey(), _PAGE, data, pressed, failed=True))


def _again(request: HttpRequest, typed: Journey) -> HttpResponse:
    shelf.save(request.session, typed)
    return redirect("intake:child")


def _show(request: HttpRequest) -> HttpResponse:
    try:
        kept = shelf.load(request.session)
    except shelf.NothingThere:
        kept = Journey()
    data = retyping.typed_on(kept, _PAGE)
    where, said = WhereForm(data), WitnessForm(data)
    problems: list[Problem] = []
    if data is not None and kept.pressed == "send":
        problems = _problems(where, said, failed=kept.failed)
    if kept.pressed == "more":
        where.is_valid()
        where.more(3)
    context = {
        "questions": {"where": where, "nothing": ""},
        "form": said,
        "checked": bool(problems),
        "problems": problems,
        "most_rows": MOST_ROWS,
        "help_lines": lines(get_language() or "fr", minor=True),
        "challenge": WORK.challenge(GATE.bits(network_of(request))),
    }
    return render(request, "intake/asking/child.html", context)


def _problems(where: WhereForm, said: WitnessForm, *, failed: bool) -> list[Problem]:
    if failed:
        sorry = _(
            "We could not save your report just now. Nothing is lost: please send it again in a minute."
        )
        return [Problem("send", sorry)]
    found = [problem for form in (where, said) if not form.is_valid() for problem in problems_of(form)]
    if not where.kept and not where.errors and not where.wrong_rows():
        found.insert(0, Problem("url-1", _("Give at least one address.")))
    return found
