"""A text about a case, sealed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.case import Case


class SealedKind(models.TextChoices):
    DESCRIPTION = "description", _("description")
    THREAT = "threat", _("threat")
    EMAIL = "email", _("e-mail address")
    TELEPHONE = "telephone", _("telephone number")


# What a person wrote for us to read; the others say how to reach them.
WRITTEN = (SealedKind.DESCRIPTION, SealedKind.THREAT)


class SealedNote(models.Model):
    """A text about a case, sealed to the review key; its own key is in the key store.

    A copy is sealed to the case's own key, so that the holder of the code reads what they once wrote.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=16, choices=SealedKind.choices)
    vault_id = models.CharField(max_length=32, unique=True)
    ciphertext = models.BinaryField()
    copy_id = models.CharField(max_length=32, unique=True, null=True, blank=True)  # unique
    copy_text = models.BinaryField(default=b"", blank=True)
    safe = models.BooleanField(default=False, help_text="contact only: it is safe to write there")
    any_hour = models.BooleanField(default=False, help_text="contact only: also in the quiet hours")
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="mail came back: never tried again")
    bounce = models.CharField(max_length=16, default="", blank=True, help_text="the server's codes, no words")
    aside = models.BooleanField(
        default=False, help_text="contact only: replaced by its reporter while the case was held"
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Who can be written to or called.
            models.Index(
                fields=["kind", "case"],
                condition=models.Q(safe=True, bounced_at=None),
                name="note_reaches",
            ),
            models.Index(
                fields=["bounced_at"],
                condition=models.Q(bounced_at__isnull=False),
                name="note_bounced",
            ),
            models.Index(fields=["case"], condition=models.Q(aside=True), name="note_aside"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"
