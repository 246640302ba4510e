"""The bank app."""

from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "disrupt.hotline.bank"
    label = "bank"
    default_auto_field = "django.db.models.BigAutoField"
