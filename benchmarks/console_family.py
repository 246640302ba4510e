"""How often analysts must look at a content: a seeded stream of 1,000 items, under four ways of recognising.

    python -m benchmarks.console_family [--photos FOLDER] [--items N] [--waiting N]

The stream: 30 % known to the bank (half as they are, half edited), bursts in which one person sends a picture
with several edits of it, other people's edited copies (25 % of all items are such copies), the rest new. The
queue is as long as `--waiting` when the analyst begins, and is then worked off as fast as it grows. Prints a
table; docs/console-figures.md holds one.
"""

from __future__ import annotations

import argparse
import io
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.edits import SUITE
from disrupt.fingerprint import image_luma
from disrupt.matching.index import HammingIndex

if TYPE_CHECKING:  # Django must be set up before this is imported
    from disrupt.hotline.processing.sketching import Sketch

ACT = 31
FAMILIES = ("family", "rules")
# Of what earned rules decide, somebody looks at so much (decisions/rules.py).
SAMPLE = 0.05
# What the field sees most: sizes, quality, mirrors, crops, borders, screenshots.
EDITS = (
    "quality 30", "scale .5", "mirrored", "crop 95 %", "crop 90 %", "crop 80 %", "pad 10 % black", "text",
    "brightness 1.6", "phone screenshot", "flip + crop 90 + quality 40", "top cut 20 %",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One item: of which photograph it is, what it is to the stream, and its bytes."""

    photo: int
    kind: str
    data: bytes


class Photos:
    """The photographs, and edits of them as JPEG; each edit is made once."""

    def __init__(self, paths: list[Path], rng: random.Random) -> None:
        self._paths, self._rng = paths, rng
        self._made: dict[tuple[int, str], bytes] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def get(self, photo: int, edit: str = "") -> bytes:
        if (photo, edit) not in self._made:
            with Image.open(self._paths[photo]) as opened:
                picture = opened.convert("RGB")
            if edit:
                picture = SUITE[edit](picture, [picture], np.random.default_rng(photo))
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=90)
            self._made[photo, edit] = out.getvalue()
        return self._made[photo, edit]

    def edited(self, photo: int) -> bytes:
        return self.get(photo, self._rng.choice(EDITS))


def stream(photos: Photos, known: list[int], count: int, rng: random.Random) -> Iterator[Sent]:
    """Items in the order in which they arrive."""
    fresh = iter(range(len(known), len(photos)))
    seen: list[int] = []
    made = 0
    while made < count:
        roll = rng.random()
        burst: list[Sent] = []
        if roll < 0.39:
            photo = rng.choice(known)
            altered = rng.random() < 0.5
            burst.append(Sent(photo, "known", photos.edited(photo) if altered else photos.get(photo)))
        elif roll < 0.52 and seen:
            photo = rng.choice(seen)
            burst.append(Sent(photo, "copy", photos.edited(photo)))
        elif roll < 0.58 and seen:
            photo = rng.choice(seen)
            burst.append(Sent(photo, "same", photos.get(photo)))
        else:
            photo = next(fresh, rng.choice(seen or known))
            new = photo not in seen
            seen.append(photo)
            burst.append(Sent(photo, "new" if new else "same", photos.get(photo)))
            for _more in range(rng.choice((0, 0, 0, 0, 1, 2))):
                burst.append(Sent(photo, "copy", photos.edited(photo)))
        yield from burst[: count - made]
        made += len(burst)


class Bank:
    """What is banked: digests, and the PDQs of pictures as they are."""

    def __init__(self) -> None:
        self._digests: set[str] = set()
        self._index = HammingIndex()
        self._photos: list[int] = []

    def add(self, sketch: Sketch, photo: int) -> None:
        self._digests.add(sketch.sha256)
        own = sketch.own
        self._index.add(own, np.arange(len(self._photos), len(self._photos) + len(own)))
        self._photos += [photo] * len(own)

    def knows(self, sketch: Sketch, *, views: bool) -> int | None:
        """The photograph that it is taken for without a look; -1 where the bytes are the same."""
        if sketch.sha256 in self._digests:
            return -1
        hashes, radius = sketch.own, ACT
        if views:
            hashes = np.concatenate([hashes, sketch.views])
        if not len(hashes) or not len(self._index):
            return None
        found = self._index.query(hashes, radius)
        return self._photos[int(found.entry[int(found.distance.argmin())])] if len(found) else None


@dataclass
class Tally:
    """What happened to a stream: looks by kind of item, stamps, and decisions that carried."""

    looks: Counter[str]
    stamps: int = 0
    confirmed: int = 0
    carried_unseen: int = 0
    carried_by_tick: int = 0
    wrong_unseen: int = 0
    ruled: int = 0
    wrong_stamps: int = 0


def run(items: list[Sent], sketches: list[Sketch], known: list[Sketch], way: str, waiting: int) -> Tally:
    """Work a stream off. `way`: "plain" (PDQ as it is), "views" (edits undone, same bytes), "family", or
    "rules": as "family", and what is known is decided as it arrives, a random sample being looked at.
    """
    from disrupt.hotline.processing.alike import MOST, Waiting

    bank, tally = Bank(), Tally(Counter())
    for photo, sketch in enumerate(known):
        bank.add(sketch, photo)
    memory, links = Waiting(), dict[int, list[int]]()
    open_: dict[int, None] = {}

    def settle(number: int) -> None:
        bank.add(sketches[number], items[number].photo)
        open_.pop(number, None)

    draw = random.Random(17)

    def rule(number: int) -> bool:
        found = bank.knows(sketches[number], views=True)
        if found is None:
            return False
        tally.ruled += 1
        tally.looks["checked"] += draw.random() < SAMPLE
        tally.wrong_unseen += found not in {-1, items[number].photo}
        return True

    def same(number: int) -> list[int]:
        return [n for n in open_ if n != number and items[n].data == items[number].data]

    def decide() -> None:
        number = next(iter(open_))
        found = bank.knows(sketches[number], views=way != "plain")
        carried = same(number) if way != "plain" else []
        if found is None:
            tally.looks[items[number].kind] += 1
        else:
            tally.confirmed += 1
            tally.wrong_unseen += found not in {-1, items[number].photo}
        tally.carried_unseen += len(carried)
        tally.wrong_unseen += sum(items[n].photo != items[number].photo for n in carried)
        if way in FAMILIES and found is None:
            for other in family(number, links, open_):
                if other in carried:
                    continue
                tally.stamps += 1
                right = items[other].photo == items[number].photo
                tally.wrong_stamps += not right
                if right:
                    tally.carried_by_tick += 1
                    carried.append(other)
        for n in (number, *carried):
            settle(n)

    for number, sketch in enumerate(sketches):
        if way == "rules" and rule(number):
            bank.add(sketch, items[number].photo)
            continue
        open_[number] = None
        if way in FAMILIES:
            memory.add(number, sketch)
            for one in memory.like(sketch, number)[:MOST]:
                links.setdefault(number, []).append(one.number)
                links.setdefault(one.number, []).append(number)
        if len(open_) > waiting:
            decide()
    while open_:
        decide()
    return tally


def family(number: int, links: dict[int, list[int]], open_: dict[int, None], hops: int = 3) -> list[int]:
    """What answers to an item, and to what answers, as `processing/family.py` reads it."""
    found, frontier = {number}, [number]
    for _hop in range(hops):
        frontier = [
            other for one in frontier for other in links.get(one, []) if other in open_ and other not in found
        ]
        found.update(frontier)
    return sorted(found - {number})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photos", type=Path, default=Path(os.environ.get("DISRUPT_PHOTOS", "photos")))
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--waiting", type=int, default=300)
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from disrupt.hotline.processing import sketching

    rng = random.Random(13)  # the same stream each time
    paths = sorted(args.photos.glob("*.jpg"))
    rng.shuffle(paths)
    photos = Photos(paths, rng)
    known = list(range(len(paths) // 4))
    items = list(stream(photos, known, args.items, rng))
    made: dict[bytes, Sketch] = {}

    def sketch(data: bytes) -> Sketch:
        if data not in made:
            made[data] = sketching.of_picture(image_luma(data, trusted=True))
        return made[data]

    banked = [sketch(photos.get(photo)) for photo in known]
    sketches = [sketch(item.data) for item in items]
    kinds = Counter(item.kind for item in items)
    print(f"{len(items)} items of {len(paths)} photographs: {dict(kinds)}; {args.waiting} wait\n")
    rows: list[tuple[str, Callable[[Tally], object]]] = [
        ("looks", lambda t: sum(t.looks.values())),
        *((f"looks at what is {kind}", lambda t, kind=kind: t.looks[kind]) for kind in sorted(kinds)),
        ("looks at a rule's sample", lambda t: t.looks["checked"]),
        ("decided by rule", lambda t: t.ruled),
        ("known, decided without a look", lambda t: t.confirmed),
        ("carried: the same bytes", lambda t: t.carried_unseen),
        ("carried: a stamp that was ticked", lambda t: t.carried_by_tick),
        ("blurred stamps shown", lambda t: t.stamps),
        ("stamps of another photograph, not ticked", lambda t: t.wrong_stamps),
        ("wrong decisions without a look", lambda t: t.wrong_unseen),
    ]
    ways = ("plain", "views", "family", "rules")
    tallies = [run(items, sketches, banked, way, args.waiting) for way in ways]
    print("| what | PDQ as it is | edits undone | families | rules |\n|---|---|---|---|---|")
    for name, value in rows:
        print(f"| {name} | {' | '.join(str(value(tally)) for tally in tallies)} |")


if __name__ == "__main__":
    main()
