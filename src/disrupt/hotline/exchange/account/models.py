"""A partner's administrator who is signed in on the account's pages."""

from __future__ import annotations

from django.db import models


class AccountVisit(models.Model):
    """From signing in with a key to signing out, or an hour; of its token only a digest is here."""

    key = models.ForeignKey("exchange.ApiKey", on_delete=models.CASCADE, related_name="visits")
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"visit with {self.key_id}"
