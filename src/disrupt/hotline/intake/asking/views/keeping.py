"""What each page asks, with what was answered before, and what it keeps of the answer."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from disrupt.hotline.intake.asking import declared
from disrupt.hotline.intake.asking.forms import (
    AgeForm,
    LastForm,
    LastWithWordsForm,
    NowForm,
    Question,
    WaysForm,
    WhoAndAgeForm,
)
from disrupt.hotline.intake.asking.journey import OTHER, Journey, Step, Way
from disrupt.hotline.intake.asking.questions import Problem
from disrupt.hotline.intake.asking.where import WhereForm


class PrintsForm(Question):
    """The fingerprints that the browser has just made."""

    prints = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_prints(self) -> tuple[declared.Declared, ...]:
        try:
            return declared.read(self.cleaned_data["prints"], settings.MAX_FILES)
        except declared.NotFingerprints:
            raise forms.ValidationError(
                _("The fingerprints did not arrive whole. Please choose the photo or video again.")
            ) from None


def ask(step: Step, report: Journey, data: QueryDict | None = None) -> Question | None:
    """The question of a page; None where there is none."""
    if step is Step.WAYS:
        return WaysForm(data, initial={"ways": report.ways})
    if step is Step.NOW:
        return NowForm(data, initial={name: getattr(report, name) for name in NowForm.base_fields})
    if step is Step.WHERE:
        return WhereForm(data, known=report.urls)
    if step is Step.DEVICE:
        return PrintsForm(data)
    if step is Step.WHO:
        return WhoAndAgeForm(data, initial={"reporter": report.reporter, "age": report.age})
    if step is Step.AGE:
        return AgeForm(data, initial={"age": report.age})
    if step is Step.CHECK:
        last = LastForm if report.threat else LastWithWordsForm
        return last(data, initial={name: getattr(report, name, "") for name in last.base_fields})
    return None


def keep(step: Step, report: Journey, form: Question | None) -> Journey:
    """The report with the answer of a valid question."""
    said = form.cleaned_data if form is not None else {}
    if step is Step.WAYS:
        return replace(report, ways=tuple(said["ways"]))
    if step is Step.NOW:
        ways = report.ways if report.threat else (*report.ways, Way.THREAT)
        words = {name: said[name].strip() if isinstance(said[name], str) else said[name] for name in said}
        return replace(report, ways=ways, **words).done(Step.WAYS)
    if step is Step.WHERE:
        return replace(report, urls=said["addresses"])
    if step is Step.DEVICE:
        # The same file chosen twice is one fingerprint.
        each = {one["sha256"]: one for one in (*report.declared, *said["prints"])}
        return replace(report, declared=tuple(each.values())[: settings.MAX_FILES])
    if step is Step.WHO:
        return replace(report, reporter=said["reporter"], age=said["age"])
    if step is Step.AGE:
        return replace(report, age=said["age"])
    return report


def keep_last(report: Journey, form: Question) -> Journey:
    """The report with what is right of the last page, whatever is wrong beside it or not ticked yet."""
    said = {name: value for name, value in form.cleaned_data.items() if name != "statement"}
    if "description" in said:
        said["description"] = said["description"].strip()
    return replace(report, **said)


def nothing_said(step: Step, report: Journey) -> Problem | None:
    """A page that was chosen and holds nothing."""
    # What is no address can be told in words, and a person reads them.
    if step is Step.WHERE and not report.urls and not report.description:
        return Problem(
            "url-1", _("Give at least one address. If you do not know it, go back and choose another way.")
        )
    if step is Step.FILES and not report.draft.files:
        return Problem(
            "files", _("Choose at least one photo or video. Otherwise go back and choose another way.")
        )
    if step is Step.DEVICE and not report.declared:
        return Problem(
            "device-files",
            _("There is no fingerprint yet. Choose a photo or video, or go back and choose another way."),
        )
    if step in {Step.WHO, Step.NOW} and report.reporter == OTHER:
        return Problem("id_reporter_0", _("Only the person in the content can report it here."))
    return None
