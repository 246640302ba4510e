"""One question a page: each page keeps its answer and leads to the first one that has none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.common import numerals
from disrupt.hotline.intake.asking import retyping, shelf
from disrupt.hotline.intake.asking.forms import MOST_WORDS, Question
from disrupt.hotline.intake.asking.journey import OF_WAY, OTHER, Journey, Step, Way
from disrupt.hotline.intake.asking.questions import Problem, problems_of
from disrupt.hotline.intake.asking.views.keeping import ask, keep, keep_last, nothing_said
from disrupt.hotline.intake.asking.views.sending import NotSaved, send
from disrupt.hotline.intake.asking.views.showing import show
from disrupt.hotline.intake.asking.where import WhereForm, put_aside
from disrupt.hotline.intake.receiving.deposit import UploadsAway, received
from disrupt.hotline.intake.receiving.uploads import END_FIELD, Incoming

_GOING_ON = ("continue", "send", "without", "more-ways")
_WITH_FILES = (Step.FILES, Step.NOW)
_WAY_OF = {step: way for way, step in OF_WAY.items()} | {Step.NOW: Way.THREAT}
# Where a report may begin.
_FIRST = frozenset({Step.WAYS, *_WAY_OF})
_CHANGE = "change-"


@dataclass(frozen=True)
class Asked:
    """What a page shows: the report so far, the question with what was typed, and what is wrong with it."""

    step: Step
    report: Journey
    form: Question | None = None
    checked: bool = False
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@csrf_exempt  # checked inside, once the files are going to the sealed store and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """Ask one question; on POST keep its answer and go where the pressed button (`action`) says."""
    try:
        here = Step(name)
    except ValueError:
        raise Http404 from None
    if request.method != "POST":
        return _get(request, here)
    with Incoming(request) as incoming:
        return _post(request, here, incoming)


def _get(request: HttpRequest, here: Step) -> HttpResponse:
    try:
        report = shelf.load(request.session)
    except shelf.NothingThere:
        if here not in _FIRST:
            return redirect("intake:step", Step.WAYS.value)
        report, begins = Journey(), True
    else:
        begins = False
    if report.turn is not None:
        return redirect("intake:wait")
    report = _begun_at(here, report)
    if here is not Step.NOW and not report.may_see(here):
        return redirect("intake:step", report.next().value)
    data = retyping.typed_on(report, here.value)
    if data is None:
        return _show(request, Asked(here, report, ask(here, report)), begins=begins)
    asked = _answered(here, report, data, list(report.notices))
    if report.failed:
        sorry = _(
            "We could not save your report just now. Nothing is lost: please send it again in a minute."
        )
        return _show(request, replace(asked, checked=True, problems=[Problem("send", sorry)]))
    if report.pressed not in _GOING_ON:
        # Another row, a file put in or out, the other language: the same page, and nothing is wrong yet.
        return _show(request, replace(asked, problems=[]), rows=3 if report.pressed == "more" else 0)
    return _show(request, replace(asked, checked=True))


def _begun_at(here: Step, report: Journey) -> Journey:
    """A report that begins on this page: whoever comes here from the first page has told that much."""
    way = _WAY_OF.get(here)
    if way is None or report.ways:
        return report
    return replace(report, ways=(way,)).done(Step.WAYS)


@csrf_protect
def _post(request: HttpRequest, here: Step, incoming: Incoming) -> HttpResponse:
    data: QueryDict = request.POST
    if here in _WITH_FILES and END_FIELD not in data:
        # The request broke off: its last file may be cut short, and nobody waits for the answer.
        return render(request, "intake/visit/problem.html", {"kind": "bad_request"}, status=400)
    try:
        report = shelf.load(request.session)
    except shelf.NothingThere:
        # What was answered on other pages would be missing in silence.
        if here not in {Step.WAYS, Step.NOW} and not (here in _FIRST and data.get("begins")):
            return render(request, "intake/asking/stopped.html", {"late": True})
        report = Journey()
    if report.turn is not None:
        return redirect("intake:wait")
    report = _begun_at(here, retyping.forget(report))
    notices: list[str] = []
    if here is Step.WHERE and data.get("action") == "without":
        data, words = put_aside(data, report.description, MOST_WORDS)
        report = replace(report, description=words)
    if here in _WITH_FILES:
        try:
            draft, notices = received(request, incoming, report.draft)
        except UploadsAway as away:
            asked = Asked(here, replace(report, draft=away.draft))
            return _again(request, asked, data, failed=True)
        report = replace(report, draft=draft)
    report, taken_out = _without(here, report, data.get("action", ""))
    asked = _answered(here, report, data, notices + taken_out)
    return _go_on(request, asked, data)


def _without(here: Step, report: Journey, action: str) -> tuple[Journey, list[str]]:
    """Take one file or fingerprint out, when that is what the button says."""
    number = numerals.number_after("remove-", action) or 0
    if here in _WITH_FILES and 1 <= number <= len(report.draft.files):
        return replace(report, draft=report.draft.without(number)), [
            _("The file was taken out and destroyed.")
        ]
    if here is Step.DEVICE and 1 <= number <= len(report.declared):
        left = report.declared[: number - 1] + report.declared[number:]
        return replace(report, declared=left), [_("The fingerprint was taken out.")]
    return report, []


def _answered(here: Step, report: Journey, data: QueryDict, notices: list[str]) -> Asked:
    """The report with this page's answer, if it is one; else what is wrong with it."""
    form = ask(here, report, data)
    problems = problems_of(form) if form is not None and not form.is_valid() else []
    if here is Step.CHECK and form is not None:
        return Asked(here, keep_last(report, form), form, problems=problems, notices=notices)
    if here is Step.DEVICE:
        # What the script fills in is not seen: the field to go to is the one that files are chosen with.
        problems = [replace(problem, anchor="device-files") for problem in problems]
    if not problems:
        report = keep(here, report, form)
        said = nothing_said(here, report)
        problems = [said] if said else []
    if isinstance(form, WhereForm):
        # What is understood is kept whatever the person does next.
        report = replace(report, urls=form.kept)
    report = report.undone(here) if problems else report.done(here)
    return Asked(here, report, form, problems=problems, notices=notices)


def _go_on(request: HttpRequest, asked: Asked, data: QueryDict) -> HttpResponse:
    here, report, action = asked.step, asked.report, data.get("action", "continue")
    if here is Step.CHECK and action == "send":
        return _send(request, asked, data)
    shelf.save(request.session, report)
    if action.startswith(_CHANGE) and action.removeprefix(_CHANGE) in report.steps():
        return redirect("intake:step", action.removeprefix(_CHANGE))
    if action == "back":
        before = report.before(here)
        return redirect("intake:step", before.value) if before else redirect("intake:home")
    if action not in _GOING_ON:
        return _again(request, asked, data)
    if here in {Step.WHO, Step.NOW} and report.reporter == OTHER:
        return redirect("intake:other")
    if asked.problems or asked.notices:
        return _again(request, asked, data)
    if isinstance(asked.form, WhereForm) and not set(asked.form.hold) <= set(report.hinted):
        told = replace(report, hinted=tuple(asked.form.hold))
        return _again(request, replace(asked, report=told), data, pressed="hint")
    if action == "more-ways":
        return redirect("intake:step", Step.WAYS.value)
    return redirect("intake:step", report.next().value)


def _again(
    request: HttpRequest, asked: Asked, data: QueryDict, *, failed: bool = False, pressed: str = ""
) -> HttpResponse:
    """Show the page with what was typed, by a GET (retyping.py)."""
    pressed, name = pressed or data.get("action", "continue"), asked.step.value
    kept = retyping.keep(asked.report, name, data, pressed, asked.notices, failed=failed)
    shelf.save(request.session, kept)
    return redirect("intake:step", name)


def _send(request: HttpRequest, asked: Asked, data: QueryDict) -> HttpResponse:
    if not asked.report.may_see(Step.CHECK):
        return redirect("intake:step", asked.report.next().value)
    if asked.problems:
        return _again(request, asked, data)
    try:
        return send(request, asked.report)
    except NotSaved:
        return _again(request, asked, data, failed=True)


def _show(request: HttpRequest, asked: Asked, **more: Any) -> HttpResponse:
    return show(
        request,
        asked.step,
        asked.report,
        asked.form,
        checked=asked.checked,
        problems=asked.problems,
        notices=asked.notices,
        **more,
    )
