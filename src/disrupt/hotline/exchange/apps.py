"""The exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "disrupt.hotline.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
