"""The table of particulars: where in a page the content is, as an analyst saw it; for the host to find it."""

from __future__ import annotations

from django.db import models

from disrupt.hotline.takedown.models.target import Target


class Particular(models.Model):
    """What identifies the content at an address (Article 16(2)(b)), and what it shows (a); goes with it."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE)
    category = models.CharField(max_length=16)
    place = models.CharField(max_length=200, default="", blank=True, help_text="post, comment, file, row")
    moment = models.CharField(max_length=40, default="", blank=True, help_text="of a film")
    media = models.TextField(default="", blank=True, help_text="address of the file itself")
    shows = models.CharField(max_length=400, default="", blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "category"], name="particular_once")]

    def __str__(self) -> str:
        return f"particulars of target {self.target_id}"
