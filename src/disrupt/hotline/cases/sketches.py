"""Forgetting what is remembered of a file."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q

from disrupt.hotline.cases.models import Likeness, Sketch


def forget(items: Collection[uuid.UUID]) -> None:
    """Nothing is known any more of how these files look, nor which others they are like."""
    Sketch.objects.filter(item__in=items).delete()
    Likeness.objects.filter(Q(item__in=items) | Q(other__in=items)).delete()
