"""The tables of what comes back: each mail once, as text only; and how far a mailbox was read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.takedown.models.notice import Notice


class AnswerKind(models.TextChoices):
    """What a mail is."""

    BOUNCE = "bounce", _("came back")
    DELIVERY = "delivery", _("delivery report")
    RECEIPT = "receipt", _("automatic receipt")
    REPLY = "reply", _("written by somebody")
    UNMATCHED = "unmatched", _("matches no notice")


class Answer(models.Model):
    """Something that a recipient sent. Hostile input: text only, bounded; attachments were never decoded."""

    digest = models.CharField(max_length=64, unique=True, help_text="of its Message-ID: each counts once")
    notice = models.ForeignKey(
        Notice, null=True, blank=True, on_delete=models.CASCADE, related_name="answers"
    )
    kind = models.CharField(max_length=12, choices=AnswerKind.choices)
    sender = models.CharField(max_length=254, default="", blank=True)
    subject = models.CharField(max_length=300, default="", blank=True)
    text = models.TextField(default="", blank=True)
    dropped = models.PositiveSmallIntegerField(default=0, help_text="attachments that were not decoded")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True, help_text="a person has seen to it")
    done_by = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        ordering = ("-at",)
        indexes = [models.Index(fields=["done_at", "at"], name="answer_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MailCursor(models.Model):
    """How far a mailbox was read: numbers count only together with their validity."""

    mailbox = models.CharField(max_length=64, unique=True, help_text="digest of where it is")
    validity = models.BigIntegerField(default=0)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"mailbox {self.pk}"
