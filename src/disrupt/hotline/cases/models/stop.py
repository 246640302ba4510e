"""A request to stop, from somebody who has the file and no code."""

from __future__ import annotations

from django.db import models


class StopRequest(models.Model):
    """One file that somebody showed to have; whether any report holds it is not looked up when it comes."""

    possession = models.CharField(max_length=64, unique=True, help_text="keyed digest (common/possession.py)")
    asked_at = models.DateTimeField()
    noted = models.BooleanField(default=False, help_text="the reports that hold the file know of it")

    def __str__(self) -> str:
        return f"asked on {self.asked_at:%Y-%m-%d}"
