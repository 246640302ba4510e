"""Accounts: nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Analysts' accounts are made by an operator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
