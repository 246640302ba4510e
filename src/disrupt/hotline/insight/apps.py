"""The insight app."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "disrupt.hotline.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
