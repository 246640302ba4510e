"""A message between reporter and analyst."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.case import Case


class Author(models.TextChoices):
    REPORTER = "reporter", _("the reporter")
    ANALYST = "analyst", _("an analyst")


class Message(models.Model):
    """One message, sealed twice: to the review key and to the case's own key (docs/adr/0010).

    Each copy has a key of its own in the key store, so that the message can be destroyed for certain.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    submission = models.CharField(max_length=64, unique=True, help_text="hash of the form's own token")
    review_id = models.CharField(max_length=32, unique=True)
    review_text = models.BinaryField()
    reporter_id = models.CharField(max_length=32, unique=True)
    reporter_text = models.BinaryField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="by the other side, the first time")

    class Meta:
        ordering = ("case", "at", "id")
        indexes = [models.Index(fields=["author", "read_at"], name="message_unread")]

    def __str__(self) -> str:
        return f"message by {self.author} in {self.case_id}"
