"""The table of looks at addresses: what was seen and by which sign; never what the page held."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disrupt.hotline.takedown.models.target import Target


class Seen(models.TextChoices):
    """What one look saw. Only GONE and SOFT_404 say that the content is not there."""

    LIVE = "live", pgettext_lazy("seen", "still there")
    GONE = "gone", pgettext_lazy("seen", "not there")
    SOFT_404 = "soft_404", _("a page that says it is not there")
    REDIRECTED = "redirected", _("sent to another site")
    LOGIN = "login", _("behind a sign-in")
    CAPTCHA = "captcha", _("behind a challenge")
    GEO = "geo", _("blocked for legal reasons, perhaps only here")
    UNREACHABLE = "unreachable", _("the name does not exist")
    PERSON = "person", _("a person must look")
    UNKNOWN = "unknown", _("could not be seen")
    # What a person recorded of a search engine; it says nothing of the address itself.
    DELISTED = "delisted", _("left out by a search engine")


AWAY = frozenset({Seen.GONE, Seen.SOFT_404})


class Check(models.Model):
    """One look: evidence of what was seen when, without a word of the page."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    seen = models.CharField(max_length=12, choices=Seen.choices)
    sign = models.CharField(max_length=40, help_text="by what it was judged")
    rules = models.CharField(max_length=16, help_text="version of the signs")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    hops = models.PositiveSmallIntegerField(default=0, help_text="redirects that were followed")
    landed = models.CharField(max_length=64, default="", blank=True, help_text="HMAC of the last address")
    size = models.PositiveIntegerField(default=0, help_text="bytes that were read")
    reached = models.CharField(max_length=45, default="", blank=True, help_text="the host's network address")
    tls_leaf = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        ordering = ("target", "at")
        indexes = [models.Index(fields=["target", "at"], name="check_target")]

    def __str__(self) -> str:
        return f"{self.seen} at {self.at:%Y-%m-%d %H:%M}"


class Probe(models.Model):
    """What a host shows for an address that nobody made: kept a day, as digests of words and pictures."""

    digest = models.CharField(max_length=64, unique=True, help_text="HMAC of host and kind of address")
    at = models.DateTimeField()
    shape = models.JSONField()

    def __str__(self) -> str:
        return f"probe {self.pk}"
