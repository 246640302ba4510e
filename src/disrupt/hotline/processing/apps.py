"""The processing app."""

from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "disrupt.hotline.processing"
    label = "processing"
