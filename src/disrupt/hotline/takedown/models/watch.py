"""The tables of the watch: what the hotline may look through, and what was found; never a content."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.bank.models import BankEntry


class SourceKind(models.TextChoices):
    """What the address of a source is."""

    PAGE = "page", _("one page")
    SITEMAP = "sitemap", _("sitemap of a site (XML)")
    FEED = "feed", _("feed of a site (RSS, Atom)")
    LIST = "list", _("list of addresses, one a line")


class Source(models.Model):
    """Something that is looked through again and again, by what right, and since when."""

    kind = models.CharField(max_length=8, choices=SourceKind.choices)
    url = models.TextField()
    right = models.CharField(max_length=300, help_text="by what right the hotline looks through it")
    hours = models.PositiveSmallIntegerField(default=24)
    read_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="its list is due to be read"
    )
    outcome = models.CharField(max_length=40, default="", blank=True)
    added_by = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class WatchedPage(models.Model):
    """A page of a source: when it is due, and what became of the last visit."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pages")
    digest = models.CharField(max_length=64, help_text="HMAC of its address")
    url = models.TextField()
    due_at = models.DateTimeField(db_index=True)
    visited_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, default="", blank=True)
    outcome = models.CharField(max_length=40, default="", blank=True)
    compared = models.PositiveSmallIntegerField(default=0, help_text="pictures of the last visit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "digest"], name="watched_once")]

    def __str__(self) -> str:
        return f"page {self.pk} of {self.source_id}"


class HitState(models.TextChoices):
    OPEN = "open", _("to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    DISMISSED = "dismissed", _("not the same")


class Hit(models.Model):
    """A picture on a page that answers to an entry: a person confirms it before anything follows."""

    digest = models.CharField(max_length=64, unique=True, help_text="HMAC of page and entry: each once")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL)
    page = models.TextField(default="", blank=True)
    media = models.TextField(default="", blank=True)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+")
    distance = models.PositiveSmallIntegerField(help_text="bits of 256; 0: the same, or nearly")
    exact = models.BooleanField(default=False, help_text="the very same bytes")
    found_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=HitState.choices, default=HitState.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        ordering = ("-found_at",)
        indexes = [models.Index(fields=["state", "found_at"], name="hit_open")]

    def __str__(self) -> str:
        return f"hit {self.pk}"
