"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "disrupt.hotline.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
