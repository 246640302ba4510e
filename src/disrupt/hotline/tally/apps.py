"""The tally app."""

from django.apps import AppConfig


class TallyConfig(AppConfig):
    name = "disrupt.hotline.tally"
    label = "tally"
    default_auto_field = "django.db.models.BigAutoField"
