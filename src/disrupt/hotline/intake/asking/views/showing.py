"""Draws the page of one question: where one is, the way back, the help that fits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from disrupt.hotline.cases import threats
from disrupt.hotline.intake.asking.forms import Question
from disrupt.hotline.intake.asking.journey import Journey, Step
from disrupt.hotline.intake.asking.questions import Problem
from disrupt.hotline.intake.asking.recognise import described
from disrupt.hotline.intake.asking.where import MOST_ROWS, WhereForm
from disrupt.hotline.intake.receiving.uploads import END_FIELD
from disrupt.hotline.intake.visit.limits import GATE, network_of
from disrupt.hotline.intake.visit.lines import lines
from disrupt.hotline.intake.visit.policy import DEVICE_POLICY
from disrupt.hotline.intake.visit.sessions import WRITING_FOR
from disrupt.hotline.intake.visit.work import WORK

_REACH = ("email", "telephone")
# The last page names so many addresses; “change” leads to all of them.
_SHOWN = 20


def show(
    request: HttpRequest,
    step: Step,
    report: Journey,
    form: Question | None,
    *,
    checked: bool = False,
    problems: list[Problem] | None = None,
    notices: list[str] | None = None,
    rows: int = 0,
    begins: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page of a step, with what was answered or typed before."""
    questions = report.questions()
    if isinstance(form, WhereForm) and rows:
        form.more(rows)
    context: dict[str, Any] = {
        "step": step.value,
        "part": f"intake/asking/steps/{step.value}.html",
        "number": questions.index(step) + 1 if step in questions else 0,
        "of": len(questions) if report.ways else 0,
        "before": report.before(step),
        "report": report,
        "questions": {step.value: form, "age": form, "contact": form, "nothing": ""},
        "form": form,
        "begins": begins,
        "checked": checked,
        "problems": problems or [],
        "wrong": [problem.message for problem in problems or []],
        "notices": notices or [],
        "draft": report.draft,
        "end_field": END_FIELD,
        "most_rows": MOST_ROWS,
        "most_files": settings.MAX_FILES,
        "kept_hours": int(WRITING_FOR.total_seconds() // 3600),
    }
    if report.minor:
        context["help_lines"] = lines(get_language() or settings.LANGUAGE_CODE, minor=True)
    if step is Step.CHECK:
        context |= {
            "told": threats.lines(report.told),
            "age_asked": bool(report.age) and {Step.AGE, Step.WHO} & {*report.steps()},
            "who_step": (Step.NOW if report.threat else Step.WHO).value,
            "age_step": (Step.AGE if report.threat else Step.WHO).value,
            "files_step": (Step.NOW if report.threat else Step.FILES).value,
            "reach": any(form[name].value() or form[name].errors for name in _REACH) if form else False,
        }
        context["addresses"] = described(report.urls[:_SHOWN])
        context["addresses_more"] = max(0, len(report.urls) - _SHOWN)
        context["challenge"] = WORK.challenge(GATE.bits(network_of(request)))
    response = render(request, "intake/asking/step.html", context, status=status)
    if step is Step.DEVICE:
        response["Content-Security-Policy"] = DEVICE_POLICY
    return response
