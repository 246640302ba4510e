"""How contents are shown to somebody: as they chose, or as the house does where they chose nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from disrupt.hotline.common import audit
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.review.models import Blur, LookPreference, Tint

FIELDS = ("tint", "blur", "small", "soft", "stills")
SMALL, LARGE = 320, 1280
BLURS = {Blur.USUAL: 9.0, Blur.STRONG: 18.0, Blur.ASKED: 9.0}
# One still of a strip; its luma comes from the sandbox as a square of this side.
STILL, STILL_CLEAR = 112, 256


@dataclass(frozen=True)
class Way:
    """The longest side of a picture and its blur (0: clear), the side of a still, and of its own blur.

    `cover`: a large picture stands above the stills of a film.
    """

    side: int = SMALL
    blur: float = BLURS[Blur.USUAL]
    still: int = STILL
    cover: bool = True

    @property
    def clear(self) -> bool:
        return self.blur == 0

    @property
    def still_blur(self) -> float:
        """Blurred a little more than the picture above: a still is a third of its size."""
        return self.blur * 4 / 9


def of(user: Any) -> LookPreference:
    """What this person chose, or else the house, or else nobody."""
    asked = LookPreference.objects.filter(Q(user=user) | Q(user=None))
    return asked.order_by(F("user").desc(nulls_last=True)).first() or LookPreference()


def way(chosen: LookPreference, mode: str) -> Way:
    """`mode`: "clear", "large" (clear, and large in any case) or anything else for blurred."""
    if mode == "large" or (mode == "clear" and not chosen.small):
        return Way(LARGE, 0.0, STILL_CLEAR)
    if mode == "clear":
        return Way(SMALL, 0.0)
    return Way(SMALL, BLURS[Blur(chosen.blur)], cover=not chosen.stills)


def classes(chosen: LookPreference) -> str:
    """The names by which the style sheet tints and softens."""
    return f"{chosen.tint} soft" if chosen.soft else str(Tint(chosen.tint))


def keep(user: Any, wanted: dict[str, Any]) -> None:
    """This person's own choice from now on."""
    LookPreference.objects.update_or_create(user=user, defaults={name: wanted[name] for name in FIELDS})


def as_the_house(user: Any) -> None:
    """This person has chosen nothing any more."""
    LookPreference.objects.filter(user=user).delete()


@transaction.atomic
def keep_for_all(actor: Actor, wanted: dict[str, Any]) -> None:
    """For everybody who has chosen nothing."""
    said = {name: wanted[name] for name in FIELDS}
    LookPreference.objects.update_or_create(user=None, defaults=said)
    audit.record("looking.default", actor, said)
