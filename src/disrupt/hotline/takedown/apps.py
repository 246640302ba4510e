"""The takedown app."""

from django.apps import AppConfig


class TakedownConfig(AppConfig):
    name = "disrupt.hotline.takedown"
    label = "takedown"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from disrupt.hotline.takedown import system_checks  # noqa: F401
