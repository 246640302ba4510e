"""The table of what only the person concerned can allow: they ask for a step, refuse it, or sign for it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models.case import Case


class Allowed(models.TextChoices):
    """A step that the person has a say in; those of SIGNED need their signature."""

    REGULATOR = "regulator", _("complaint to the regulator (DSA, Article 53)")
    TAKE_IT_DOWN = "take_it_down", _("request under the TAKE IT DOWN Act (United States)")
    COURT = "court", _("request to a court, by a lawyer")
    PROSECUTOR = "prosecutor", _("report to the public prosecutor")
    APPEAL = "appeal", _("complaint with the platform itself (DSA, Article 20)")
    OTHERS = "others", _("letters to other contacts: trusted reporters’, the network, the registrar")


SIGNED = (Allowed.REGULATOR, Allowed.TAKE_IT_DOWN, Allowed.COURT)


class Wish(models.TextChoices):
    """What the person says of it."""

    NONE = "", _("nothing said")
    ASKED = "asked", _("asked for")
    REFUSED = "refused", _("refused")


class Signatory(models.TextChoices):
    """Who signed."""

    PERSON = "person", _("the person concerned")
    REPRESENTATIVE = "representative", _("their legal representative")


class Mandate(models.Model):
    """One step of one case: what the person wishes, and what was signed. The document is kept elsewhere."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="mandates")
    what = models.CharField(max_length=16, choices=Allowed.choices)
    wish = models.CharField(max_length=8, choices=Wish.choices, default="", blank=True)
    wished_at = models.DateTimeField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signatory = models.CharField(max_length=16, choices=Signatory.choices, default="", blank=True)
    document = models.CharField(max_length=64, default="", blank=True, help_text="SHA-256 of what was signed")
    recorded_by = models.CharField(max_length=40, default="", blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "what"], name="mandate_once")]

    def __str__(self) -> str:
        return f"{self.what} of case {self.case_id}"

    @property
    def is_in_force(self) -> bool:
        """Signed, and not refused since."""
        return self.signed_on is not None and self.wish != Wish.REFUSED
