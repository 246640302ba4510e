"""Reports on a period: drafts, and what was signed off and frozen, with its files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SIGNED = "signed", _("signed off, not published")
    PUBLISHED = "published", _("published")


class Report(models.Model):
    """A report on a period, in its versions; frozen from the moment on which it is signed off."""

    period = models.CharField(max_length=8, help_text="2026, 2026-H1, 2026-Q3 or 2026-05")
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.DRAFT)
    procedures_fr = models.TextField(default="", blank=True, help_text="how the flagger stays independent")
    procedures_en = models.TextField(default="", blank=True)
    change_fr = models.TextField(default="", blank=True, help_text="what a correction changed, and why")
    change_en = models.TextField(default="", blank=True)
    content = models.JSONField(help_text="the figures as of the last time they were taken")
    digest = models.CharField(max_length=64, default="", blank=True, help_text="SHA-256 of report.json")
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    signed_by = models.CharField(max_length=64, default="", blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-period", "-version")
        constraints = [models.UniqueConstraint(fields=["period", "version"], name="report_version_once")]

    def __str__(self) -> str:
        return f"{self.period} version {self.version}"


class ReportFile(models.Model):
    """A file of a report that was signed off: its bytes as they are published, for ever the same."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=40)
    media = models.CharField(max_length=100)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["report", "name"], name="report_file_once")]

    def __str__(self) -> str:
        return self.name


class OpenMonth(models.Model):
    """The open data of a month, with their noise: drawn once, because what is drawn anew can be averaged."""

    month = models.DateField(unique=True)
    rows = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
