"""What analysts were exposed to, for their own protection, and who works on which case now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Look(models.Model):
    """One look at a content: by whom, when, clear or blurred, for how long (two minutes at most count)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="looks")
    item_id = models.UUIDField(help_text="the case item; an opaque reference here")
    clear = models.BooleanField()
    at = models.DateTimeField()
    seconds = models.PositiveSmallIntegerField(null=True, blank=True, help_text="null while it lasts")

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="look_user_at")]

    def __str__(self) -> str:
        return f"look at {self.at:%H:%M}"


class Work(models.Model):
    """Since when somebody has worked without a break, over all their sessions; nothing of the day before."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"at work since {self.since:%H:%M}"


class Claim(models.Model):
    """One analyst works on a case until a time; from then on anybody may take it."""

    case_id = models.UUIDField(primary_key=True, help_text="the case; an opaque reference here")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="claim_until")]

    def __str__(self) -> str:
        return f"claimed until {self.until:%H:%M}"


class Skip(models.Model):
    """One analyst is not given a case until a time; the others are."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skips")
    case_id = models.UUIDField(help_text="the case; an opaque reference here")
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case_id"], name="one_skip")]
        indexes = [models.Index(fields=["until"], name="skip_until")]

    def __str__(self) -> str:
        return f"skipped until {self.until:%H:%M}"


class Tint(models.TextChoices):
    GREY = "grey", _("grey")
    SEPIA = "sepia", _("sepia")
    COLOUR = "colour", _("in colour where unblurred")


class Blur(models.TextChoices):
    USUAL = "usual", _("blurred")
    STRONG = "strong", _("strongly blurred")
    ASKED = "asked", _("not at all until I ask")


class LookPreference(models.Model):
    """How one analyst wants to see contents; without a user: how those see them who have chosen nothing."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    tint = models.CharField(max_length=8, choices=Tint.choices, default=Tint.GREY)
    blur = models.CharField(max_length=8, choices=Blur.choices, default=Blur.USUAL)
    small = models.BooleanField(default=False, help_text="unblurred ones as small as blurred ones")
    soft = models.BooleanField(default=False, help_text="with little contrast")
    stills = models.BooleanField(default=False, help_text="of a film only the small stills at first")

    class Meta:
        constraints = [models.UniqueConstraint(Coalesce("user", 0), name="one_look_preference")]

    def __str__(self) -> str:
        return f"look preference {self.pk}"


class Theme(models.TextChoices):
    """What somebody may not want to be given, as far as it is known before anybody looks."""

    MINORS = "minors", _("what may show a minor")
    THREATS = "threats", _("threats that go on")
    FILES = "files", _("photos and videos")


class LeftToOthers(models.Model):
    """One analyst is given no case with this theme; nobody is asked why."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(max_length=8, choices=Theme.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "theme"], name="one_theme")]

    def __str__(self) -> str:
        return f"left to others: {self.theme}"


class EvidenceRequest(models.Model):
    """Somebody asks for the evidence file of a case; somebody else allows it, or nobody does."""

    case_id = models.UUIDField(db_index=True, help_text="the case; an opaque reference here")
    motive = models.CharField(max_length=16)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    allowed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"evidence of {self.case_id}"


class Failures(models.Model):
    """How often a sign-in has failed lately: under a key that names neither account nor network (D10)."""

    key = models.CharField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="failures_last")]

    def __str__(self) -> str:
        return f"{self.count} failures"


class UsedCode(models.Model):
    """A one-time code that has opened the console, as long as it would be valid."""

    digest = models.CharField(primary_key=True, max_length=64)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="used_code_until")]

    def __str__(self) -> str:
        return "used code"


class Invitation(models.Model):
    """A link that makes one account; the row goes with its use (people/invitations.py)."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the link's secret")
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=16)
    minors = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class SignedOut(models.Model):
    """An account whose earlier sessions are over, wherever they are."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signed_out")
    at = models.FloatField(help_text="seconds, as sessions note when they began")

    def __str__(self) -> str:
        return f"signed out {self.user_id}"
