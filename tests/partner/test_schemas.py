"""What the commands print follows the published schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.matching.test_video import shot, write

from disrupt.cli import main
from disrupt.fingerprint import fingerprint_file
from disrupt.matching import Add
from disrupt.partner.bank import own_entry

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_output_follows_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def follow(name: str, told: list[dict[str, Any]], least: int) -> None:
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        assert len(told) >= least
        for one in told:
            jsonschema.validate(one, schema)
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({**one, "unheard of": 1}, schema)

    bank = bank_of(tmp_path / "bank", {"one": photo(1)})
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    ImageOps.mirror(Image.fromarray(photo(1))).save(uploads / "a.jpg")
    Image.new("RGB", (200, 200), "navy").save(uploads / "flat.png")
    turned = Image.Exif()
    turned[274] = 6
    Image.fromarray(photo(2)).save(uploads / "turned.jpg", exif=turned)
    (uploads / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    film = write(tmp_path / "film.mp4", [shot(second) for second in range(6)])
    write(uploads / "clip.mp4", [shot(second) for second in range(1, 5)])
    bank.apply([Add(own_entry(fingerprint_file(film)))])
    base = ["--bank", str(tmp_path / "bank")]
    main(["match", *base, "--level", "fast", str(uploads)])
    follow("match", lines(capsys), 5)
    main(["match", *base, "--level", "fast", "--explain", str(uploads)])
    explained = lines(capsys)
    assert any(match["seconds"] for line in explained for match in line["matches"])
    follow("match", explained, 5)
    main(["scan", *base, *base, "--level", "fast", "--out", str(tmp_path / "rows"), str(uploads)])
    follow("match", [json.loads(line) for line in (tmp_path / "rows").read_text().splitlines()], 5)
    capsys.readouterr()
    main(["hash", str(uploads)])
    follow("hash", lines(capsys), 4)
    main(["bank", "health", "--json", str(tmp_path / "bank")])
    follow("health", lines(capsys), 1)
    main(["doctor", "--json", *base])
    follow("doctor", lines(capsys), 1)
