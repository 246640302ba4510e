"""The tables of reported addresses: one row an address, whoever reported it, and which items are about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Presence(models.TextChoices):
    """Whether the content is at an address."""

    UNKNOWN = "unknown", _("not known yet")
    LIVE = "live", pgettext_lazy("seen", "still there")
    GONE = "gone", pgettext_lazy("presence", "gone, seen twice")


class Target(models.Model):
    """One address. Once no case holds it any more, only the keyed digest that knows it again is left."""

    digest = models.CharField(max_length=64, unique=True, help_text="HMAC of the normalised address")
    url = models.TextField(default="", blank=True, help_text="as it was first reported")
    host = models.CharField(max_length=255, default="", blank=True)
    site = models.CharField(
        max_length=255, default="", blank=True, db_index=True, help_text="registered name, or host"
    )
    created_at = models.DateTimeField()

    presence = models.CharField(
        max_length=8, choices=Presence.choices, default=Presence.UNKNOWN, help_text="as two looks agreed"
    )
    leaning = models.CharField(
        max_length=8, choices=Presence.choices, default=Presence.UNKNOWN, help_text="as the last look says"
    )
    leaning_since = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True, help_text="nothing could be seen since")
    anchor_at = models.DateTimeField(null=True, blank=True, help_text="looks are counted from here")
    look_at = models.DateTimeField(null=True, blank=True, help_text="the next look is due")
    look_claim = models.CharField(max_length=32, default="", blank=True)
    etag = models.CharField(max_length=160, default="", blank=True, help_text="of the page as last read")
    modified = models.CharField(max_length=32, default="", blank=True, help_text="Last-Modified, the same")
    read_at = models.DateTimeField(null=True, blank=True, help_text="all of it was read, not only asked for")
    trace_at = models.DateTimeField(null=True, blank=True, help_text="who hosts it is to be found out")
    trace_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["look_at"], name="target_look"),
            models.Index(fields=["trace_at"], name="target_trace"),
            models.Index(
                fields=["failing_since"],
                condition=models.Q(failing_since__isnull=False),
                name="target_failing",
            ),
        ]

    def __str__(self) -> str:
        return f"target {self.pk}"


class Concern(models.Model):
    """An item is about an address, under the category that its analyst decided on."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="concerns")
    item = models.OneToOneField("cases.Item", on_delete=models.PROTECT, related_name="concern")
    category = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["target", "category"], name="concern_target")]

    def __str__(self) -> str:
        return f"item {self.item_id} is about target {self.target_id}"
