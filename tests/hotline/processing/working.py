"""What the tests of the worker share: small pictures, an accepted item, and the worker's rounds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import due, pipeline, preparing

ALICE = analyst(1)


def jpeg(seed: int = 1, side: int = 256) -> bytes:
    """A picture with features, made of soft random waves."""
    noise = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def flat() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), (120, 120, 120)).save(out, "PNG")
    return out.getvalue()


def only(case: Case) -> Item:
    return case.items.get()


def work() -> int:
    """Everything that is due now, as the worker would do it."""
    return sum(pipeline.carry(item_id) for item_id in list(due.due_items()))


def prepare() -> None:
    """What arrived is prepared, as the worker does it beside."""
    for item_id in list(preparing.due()):
        preparing.prepare(item_id)


def kinds(case: Case) -> list[str]:
    return list(case.ledger.order_by("number").values_list("kind", flat=True))


def accept(item: Item, category: str = "NCII-DIF", **changes: Any) -> None:
    decisions.qualify(item, category, ALICE, **changes)
