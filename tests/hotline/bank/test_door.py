"""The bank's door: generic hashes and lawful pictures, whichever way they come; there is one door."""

from __future__ import annotations

import hashlib
import io
import re
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image
from tests.hotline.processing.working import jpeg

from disrupt.fingerprint.pdq import pdq_dihedral_from_array
from disrupt.hotline.bank import door, lawful, queries, services
from disrupt.hotline.bank.models import EntryKind, EntryOrigin, LawfulPrint
from disrupt.hotline.bank.nearness import distances, rows_of, turns
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.common.actors import analyst
from disrupt.matching.ordinary.likeness import NEAR, PART, VIEWS, likeness, likeness_of

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[3] / "src" / "disrupt" / "hotline"
ALICE = analyst(1)


def hex_of(name: object, length: int = 64) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:length]


def flipped(text: str, bits: int) -> str:
    number = int(text, 16)
    for place in range(bits):
        number ^= 1 << (place * 5 + 1)
    return f"{number:064x}"


def picture(*hashes: str, role: str = "stored", sha256: str = "") -> Prints:
    rows = tuple({"hex": text, "quality": 90, "role": role} for text in hashes)
    return Prints(EntryKind.IMAGE, sha256 or hex_of(hashes), "", pdq=rows)


def film(*hashes: str) -> Prints:
    rows = [{"frame": n, "timestamp": 1.0 * n, "quality": 90, "hex": text} for n, text in enumerate(hashes)]
    return Prints(EntryKind.VIDEO, hex_of(hashes), "", vpdq=tuple(rows))


def offer(prints: Prints, **more: Any) -> Any:
    return services.offer(prints, "NCII-DIF", EntryOrigin.EXAMINED, uuid.uuid4(), **more)


def test_what_many_ordinary_pictures_resemble_gets_in_by_no_way() -> None:
    views = np.load(VIEWS)
    near = views[np.bitwise_count(views ^ views[int(likeness(views[::40]).argmax()) * 40]).sum(1) <= NEAR]
    between = np.packbits(np.unpackbits(near, axis=1).mean(0) >= 0.5).tobytes().hex()
    assert [likeness_of(text) >= PART for text in (between, hex_of(1))] == [True, False]
    entry = offer(picture(between, hex_of(1)))
    assert [row["hex"] for row in entry.prints["pdq"]] == [hex_of(1)]
    assert [row["hex"] for row in offer(film(between, hex_of(2))).prints["vpdq"]] == [hex_of(2)]
    sifted = door.sift(picture(between))
    assert sifted.prints.pdq == ()
    assert sifted.notes == ("1 hashes left out: many ordinary pictures resemble them",)


def test_generic_hashes_get_in_by_no_way() -> None:
    entry = offer(picture("0" * 64, "e1c3" * 16, hex_of(1), "f" * 64))
    assert [row["hex"] for row in entry.prints["pdq"]] == [hex_of(1)]
    parts = Prints(
        EntryKind.IMAGE,
        hex_of("p"),
        "",
        pdq=(*picture(hex_of(2)).pdq, *picture("0f" * 32, role="derived").pdq),
    )
    assert [row["role"] for row in offer(parts).prints["pdq"]] == ["stored"]
    assert len(offer(film(hex_of(3), "0" * 64)).prints["vpdq"]) == 1


@pytest.mark.parametrize("bits", [0, 10, 31, 47])
def test_what_a_lawful_picture_answers_to_is_not_offered(bits: int) -> None:
    lawful.add("the moon", ALICE, pdqs=[hex_of("moon")])
    with pytest.raises(services.KnownLawful):
        offer(picture(flipped(hex_of("moon"), bits)))
    assert queries.last_seq() == 0
    assert offer(picture(flipped(hex_of("moon"), bits)), let_through=True).state == "active"


def test_its_mirrored_and_turned_forms_are_known_too() -> None:
    pixels = np.asarray(Image.open(io.BytesIO(jpeg(5, 512))).convert("RGB"))
    forms = pdq_dihedral_from_array(pixels)
    lawful.add("waves", ALICE, pdqs=[forms.identity.hex])
    for form in forms:
        assert lawful.near([form.hex]) == [True]
        assert distances(rows_of(turns(forms.identity.hex)), [form.hex])[0] <= 22


def test_the_very_same_file_is_known_by_its_digests() -> None:
    lawful.add("logo", ALICE, sha256=hex_of("file"), md5=hex_of("file", 32))
    assert door.sift(picture(hex_of(1), sha256=hex_of("file"))).lawful
    other = Prints(EntryKind.VIDEO, hex_of("else"), hex_of("file", 32))
    assert door.sift(other).lawful
    assert not door.sift(Prints(EntryKind.VIDEO, hex_of("else"), hex_of("else", 32))).lawful


def test_parts_and_frames_that_are_lawful_are_left_out_and_the_rest_goes() -> None:
    lawful.add("studio logo", ALICE, pdqs=[hex_of("logo")])
    kept = door.sift(film(hex_of("logo"), hex_of("scene")))
    assert (len(kept.prints.vpdq), kept.parts, kept.lawful) == (1, 1, False)
    assert door.sift(film(hex_of("logo"), hex_of("logo"))).lawful, "a film of nothing else"
    collage = Prints(
        EntryKind.IMAGE,
        hex_of("collage"),
        "",
        pdq=(*picture(hex_of("whole")).pdq, *picture(hex_of("logo"), role="derived").pdq),
    )
    sifted = door.sift(collage)
    assert ([row["role"] for row in sifted.prints.pdq], sifted.lawful) == (["stored"], False)
    assert sifted.notes == ("1 hashes left out: a lawful picture answers to them",)


def test_what_is_taken_off_the_list_is_forgotten_at_once() -> None:
    lawful.add("moon", ALICE, pdqs=[hex_of("moon")])
    assert lawful.near([hex_of("moon")]) == [True]
    assert lawful.remove("moon") == 8
    assert lawful.near([hex_of("moon")]) == [False]


def manage(*arguments: str) -> str:
    said = io.StringIO()
    call_command("lawful", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def test_the_command_adds_files_and_hashes_and_names_what_is_offered_already(
    tmp_path: Path, make_case: Any
) -> None:
    item = make_case(declared=({"sha256": hex_of("x")},)).items.get()
    services.offer(picture(hex_of("moon")), "NCII-DIF", EntryOrigin.DECLARED, item.pk)
    photo, hashes = tmp_path / "waves.jpg", tmp_path / "list"
    photo.write_bytes(jpeg(9, 300))
    hashes.write_text(f"# famous\n{hex_of('moon').upper()}  # the moon\n{'0' * 64}\n")
    said = manage("add", "famous", str(photo), "--pdq-file", str(hashes))
    assert "1 hashes left out" in said
    assert "18 fingerprints are new on the list." in said
    assert f"offered already: case {item.case.reference}, item 1" in said
    assert "0 fingerprints are new" in manage("add", "famous", str(photo))
    assert manage("list") == "famous  18\n"
    assert LawfulPrint.objects.filter(sign="sha256", value=hashlib.sha256(photo.read_bytes()).hexdigest())
    with pytest.raises(CommandError, match="is not a hash"):
        manage("add", "famous", "--pdq", "xyz")
    assert "18 fingerprints are off" in manage("remove", "famous")
    assert "Nothing that is offered" in manage("check")


def test_there_is_no_other_door() -> None:
    """Entries are made in bank/services.py alone: whatever way comes next goes through `offer`."""
    making = re.compile(
        r"BankEntry(\.objects|\._default_manager)?\.?(objects)?\.?(get_or_)?(bulk_)?create\(|BankEntry\("
    )
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" in path.parts or (
            path.name in {"services.py", "models.py"} and path.parent.name == "bank"
        ):
            continue
        assert not making.search(path.read_text("utf-8")), path
