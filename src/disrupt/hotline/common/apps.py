"""Registers the checks that stop an unsafe configuration."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "disrupt.hotline.common"
    label = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from disrupt.hotline.common import checks  # noqa: F401  # registers itself
