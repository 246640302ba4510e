"""Partners' webhooks, what each is still to be told, and the public keys that sign it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class HookEvent(models.TextChoices):
    """What a webhook can be told; `test` is sent when it is asked for only."""

    NEWS = "list.news", _("something new on the list")
    WITHDRAWN = "list.withdrawn", _("entries were withdrawn")
    SET_ASIDE = "entry.set_aside", _("an entry that matched too much at your place was set aside")
    ANSWERED = "dispute.answered", _("an entry that you disputed was looked at")
    EXPIRING = "key.expiring", _("a key ends within two weeks")
    TEST = "hook.test", _("a test that you asked for")


class Hook(models.Model):
    """An address of a partner's that is told of events, how far it was told, and how that goes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("exchange.Partner", on_delete=models.CASCADE, related_name="hooks")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    created_at = models.DateTimeField()
    told_seq = models.PositiveBigIntegerField(default=0, help_text="the last change it is told of")
    told_event = models.PositiveBigIntegerField(default=0, help_text="the last event of the exchange's log")
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    problem = models.CharField(max_length=40, default="", blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dropped = models.PositiveIntegerField(default=0, help_text="what became too old undelivered")

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"webhook of {self.partner_id}"


class HookMessage(models.Model):
    """One thing to tell; its id stays the same however often it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="messages")
    type = models.CharField(max_length=20, choices=HookEvent.choices)
    subject = models.CharField(max_length=64, default="", blank=True, help_text="told once of each")
    data = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hook", "type", "subject"], condition=~models.Q(subject=""), name="told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class HookKey(models.Model):
    """A public key that signs webhooks, as the worker, which holds the private half, has written it down."""

    public = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.public
