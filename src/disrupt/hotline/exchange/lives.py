"""Which list somebody has read: one that came back from a backup is another behind the change it went on at.

A life is named by when it began, so that one of which the backup knew nothing is known to be over as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from disrupt.hotline.bank.models import Restoration

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Lives:
    """`parts`: when each life but the first began, in microseconds since 1970, and behind which change."""

    parts: tuple[tuple[int, int], ...] = ()

    @property
    def name(self) -> int:
        """That of the life of now; 0 where the list never came back."""
        return max((began for began, _ in self.parts), default=0)

    def knows(self, life: int, after: int) -> bool:
        """Whether the list of that life, up to this change, is a beginning of the list of now."""
        return all(size >= after for began, size in self.parts if began > life)


def current() -> Lives:
    """Those of the list of now."""
    rows = Restoration.objects.order_by("pk").values_list("at", "size")
    return Lives(tuple((int(at.timestamp() * _MICROSECONDS), size) for at, size in rows))
