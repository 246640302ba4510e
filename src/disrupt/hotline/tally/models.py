"""What is counted: rows about a day and about nobody, which outlive every case (docs/adr/0061).

No column leads back: neither a case, an item, an entry, an analyst nor a moment; `party` is a site, or a
partner organisation.
"""

from __future__ import annotations

from django.db import models


class _Row(models.Model):
    """So many of one kind on one day, all alike in what is known of them."""

    day = models.DateField(help_text="in the hotline's time zone")
    kind = models.CharField(max_length=16)
    since = models.DateField(null=True, blank=True, help_text="first day of the month in which it began")
    category = models.CharField(max_length=16, default="", blank=True)
    person = models.CharField(max_length=16, default="", blank=True, help_text="adult or minor")
    way = models.CharField(max_length=12, default="", blank=True, help_text="how it came in")
    language = models.CharField(max_length=8, default="", blank=True)
    party = models.CharField(max_length=255, default="", blank=True)
    tier = models.CharField(max_length=8, default="", blank=True, help_text="of a site: large or small")
    outcome = models.CharField(max_length=32, default="", blank=True)
    hours = models.SmallIntegerField(default=-1, help_text="the step of spans.py; -1 for none")
    n = models.IntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.n} {self.kind} on {self.day}"


class Fresh(_Row):
    """A fact as it happened, in the transaction of its cause; its day over, it becomes part of daily rows."""

    class Meta:
        indexes = [models.Index(fields=["day"], name="fresh_day")]


class Daily(_Row):
    """A day's facts, added up: kept for ever. Rows are added; what is corrected gets a row that says so."""

    class Meta:
        indexes = [models.Index(fields=["kind", "day"], name="daily_kind")]


class Monthly(models.Model):
    """Sums of the daily rows of a month along a few of their columns, so that ten years are read at once."""

    month = models.DateField()
    kind = models.CharField(max_length=16)
    cube = models.CharField(max_length=12, help_text="which columns a, b and c are: cubes.py")
    a = models.CharField(max_length=255, default="", blank=True)
    b = models.CharField(max_length=32, default="", blank=True)
    c = models.CharField(max_length=32, default="", blank=True)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "cube", "month", "a", "b", "c"], name="monthly_once")
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.kind} by {self.cube} in {self.month:%Y-%m}"


class Turn(models.Model):
    """The one row whose lock orders those who add daily rows up."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    def __str__(self) -> str:
        return "turn"
