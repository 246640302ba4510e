"""The correspondence app."""

from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "disrupt.hotline.correspondence"
    label = "correspondence"
