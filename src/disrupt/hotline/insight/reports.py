"""Reports from draft to publication: a correction is a new version; what was signed off never changes."""

from __future__ import annotations

import hashlib

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.insight.changes import changed
from disrupt.hotline.insight.content import content
from disrupt.hotline.insight.files import canonical, files
from disrupt.hotline.insight.models import Report, ReportFile, ReportState
from disrupt.hotline.insight.periods import Period, period
from disrupt.hotline.tally.facts import day_of


class NotOver(ValueError):
    """A report is about a period that is over."""


class DraftExists(ValueError):
    """There is a draft for this period already."""


class Overlaps(ValueError):
    """Another period that was signed off shares months with it: subtracted, they could show reports."""


class NotADraft(ValueError):
    """What is signed off does not change: a correction is a new version."""


class NotSigned(ValueError):
    """Only what is signed off is published."""


class WordsMissing(ValueError):
    """The procedures, and of a correction what it changed, are said in both languages."""


@transaction.atomic
def draft(name: str, actor: Actor) -> Report:
    """A new draft: the first version of a period, or a correction.

    Raises BadPeriod, NotOver, DraftExists, Overlaps.
    """
    during = period(name)
    now = clock.now()
    if during.end > day_of(now):
        raise NotOver("This period is not over yet.")
    _check_alone(during)
    last = Report.objects.select_for_update().filter(period=name).order_by("-version").first()
    if last is not None and last.state == ReportState.DRAFT:
        raise DraftExists("There is a draft for this period.")
    words = last or Report.objects.exclude(procedures_fr="").order_by("-made_at").first()
    return Report.objects.create(
        period=name,
        version=last.version + 1 if last else 1,
        procedures_fr=words.procedures_fr if words else "",
        procedures_en=words.procedures_en if words else "",
        content=_taken(during, last),
        made_by=str(actor),
        made_at=now,
    )


def _taken(during: Period, before: Report | None) -> dict[str, object]:
    """The figures as they are known today, and what of them the version before told otherwise."""
    taken = content(during, day_of(clock.now()))
    return taken | {"changed": changed(before.content, taken) if before else []}


def _check_alone(during: Period) -> None:
    signed = Report.objects.exclude(state=ReportState.DRAFT).exclude(period=during.name)
    for other in set(signed.values_list("period", flat=True)):
        if during.overlaps(period(other)):
            raise Overlaps(f"The report on {other} shares months with it.")


def _locked(report: Report, *states: ReportState) -> Report:
    row = Report.objects.select_for_update().get(pk=report.pk)
    if row.state not in states and states == (ReportState.DRAFT,):
        raise NotADraft("This report is signed off.")
    if row.state not in states:
        raise NotSigned("This report is not signed off.")
    return row


@transaction.atomic
def write(report: Report, *, procedures: dict[str, str], change: dict[str, str]) -> Report:
    """Change the words of a draft. Raises NotADraft."""
    row = _locked(report, ReportState.DRAFT)
    row.procedures_fr, row.procedures_en = procedures["fr"].strip(), procedures["en"].strip()
    row.change_fr, row.change_en = change["fr"].strip(), change["en"].strip()
    row.save()
    return row


@transaction.atomic
def take_anew(report: Report) -> Report:
    """Take the figures of a draft as they are known today. Raises NotADraft."""
    row = _locked(report, ReportState.DRAFT)
    before = Report.objects.filter(period=row.period, version=row.version - 1).first()
    row.content = _taken(period(row.period), before)
    row.save(update_fields=["content"])
    return row


def whole(report: Report) -> dict[str, object]:
    """The figures with the words of the report: what report.json holds."""
    return {
        **report.content,
        "version": report.version,
        "procedures": {"fr": report.procedures_fr, "en": report.procedures_en},
        "change": {"fr": report.change_fr, "en": report.change_en},
    }


@transaction.atomic
def sign_off(report: Report, actor: Actor) -> Report:
    """Freeze a draft: its files are made, their digests kept. Raises NotADraft, WordsMissing, Overlaps."""
    row = _locked(report, ReportState.DRAFT)
    corrects = row.version > 1
    if not (row.procedures_fr and row.procedures_en) or (corrects and not (row.change_fr and row.change_en)):
        raise WordsMissing("Say it in French and in English.")
    _check_alone(period(row.period))
    said = whole(row)
    row.digest = hashlib.sha256(canonical(said)).hexdigest()
    row.state, row.signed_by, row.signed_at = ReportState.SIGNED, str(actor), clock.now()
    row.save()
    for file in files(said):
        digest = hashlib.sha256(file.data).hexdigest()
        ReportFile.objects.create(report=row, name=file.name, media=file.media, data=file.data, sha256=digest)
    return row


@transaction.atomic
def publish(report: Report) -> Report:
    """Let everybody read it, at an address that stays. Raises NotSigned."""
    row = _locked(report, ReportState.SIGNED, ReportState.PUBLISHED)
    if row.state == ReportState.SIGNED:
        row.state, row.published_at = ReportState.PUBLISHED, clock.now()
        row.save(update_fields=["state", "published_at"])
    return row
