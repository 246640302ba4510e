"""The tables of who can be told: holders of networks and names, and the contacts of an address."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.takedown.models.target import Target


class Holder(models.Model):
    """Who holds a network or a registered name: kept a week, then asked again. Not about any case."""

    kind = models.CharField(max_length=8, help_text="network, name")
    key = models.CharField(max_length=255, help_text="the prefix, or the name")
    first = models.CharField(max_length=33, default="", blank=True)
    last = models.CharField(max_length=33, default="", blank=True)
    name = models.CharField(max_length=120, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    contacts = models.JSONField(default=list)
    origins = models.JSONField(default=list, help_text="numbers of the systems that announce it")
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="holder_once")]
        indexes = [models.Index(fields=["kind", "first"], name="holder_first")]

    def __str__(self) -> str:
        return f"holder of {self.key}"


class Scope(models.TextChoices):
    """What a contact is to an address. The operator may be the abuser, and is never told by itself."""

    HOST = "host", _("host of the page")
    CDN = "cdn", _("content delivery network")
    MEDIA = "media", _("host of the pictures")
    REGISTRAR = "registrar", _("registrar of the name")
    UPSTREAM = "upstream", _("network that announces the address")
    OPERATOR = "operator", _("whoever runs the site")


class Contact(models.Model):
    """One way to reach somebody about an address, in the order in which they are to be told."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="contacts")
    place = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=12, choices=Scope.choices)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=254, default="", blank=True, help_text="e-mail; none: a form")
    form = models.CharField(max_length=200, default="", blank=True, help_text="where the form is")
    about = models.CharField(max_length=255, default="", blank=True, help_text="which host it is about")
    source = models.CharField(max_length=120, help_text="by what it is known")
    country = models.CharField(max_length=2, default="", blank=True)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ("target", "place")
        constraints = [models.UniqueConstraint(fields=["target", "place"], name="contact_place")]

    def __str__(self) -> str:
        return f"{self.scope} {self.name}"
