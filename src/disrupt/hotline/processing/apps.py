"""The processing app."""

from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "disrupt.hotline.processing"
    label = "processing"

    def ready(self) -> None:
        from disrupt.hotline.processing import checks  # noqa: F401
