"""Registers the checks that stop an unsafe configuration, and numbers in addresses."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "disrupt.hotline.common"
    label = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import register_converter

        from disrupt.hotline.common import checks  # noqa: F401  # registers itself
        from disrupt.hotline.common.numerals import Number

        register_converter(Number, "number")
