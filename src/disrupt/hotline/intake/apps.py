"""The intake app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "disrupt.hotline.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from disrupt.hotline.intake import checks  # noqa: F401  # registers itself
