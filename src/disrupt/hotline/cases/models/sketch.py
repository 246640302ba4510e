"""What is remembered of a file that waits, so that its copies are known before anybody looks."""

from __future__ import annotations

from django.db import models

from disrupt.hotline.cases.models.item import Item


class Sketch(models.Model):
    """The fingerprints of a waiting file and of its views, and a blurred stamp of it: sealed beside the file.

    It ends with the file (docs/adr/0032).
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="sketch")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"sketch of {self.item_id}"


class Likeness(models.Model):
    """Two waiting files answer to each other; each pair stands here twice, once from either side."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    same = models.BooleanField(default=False, help_text="the very same bytes")
    distance = models.PositiveSmallIntegerField(default=0, help_text="bits of 256 that differ")
    how = models.CharField(max_length=40, default="", blank=True, help_text="what was undone for it")
    stills = models.PositiveSmallIntegerField(default=0, help_text="of a film: those that answer")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "other"], name="one_likeness")]

    def __str__(self) -> str:
        return f"{self.item_id} is like {self.other_id}"
