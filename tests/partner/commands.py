"""Runs commands with --json for a test, and holds what they print against the published schemas."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import U8, bank_of, photo

from disrupt.cli import main
from disrupt.contract import CONTRACTS, Exit
from disrupt.matching import Bank

DOCS = Path(__file__).parents[2] / "docs"
BY_NAME = {one.command: one for one in CONTRACTS}


def schema(name: str) -> dict[str, object]:
    told: dict[str, object] = json.loads((DOCS / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(told)
    return told


def small(seed: int) -> U8:
    return photo(seed, 256, 192)


@dataclass
class Runs:
    """Runs commands with --json, each to an end, and keeps which ends were seen."""

    capsys: pytest.CaptureFixture[str]
    seen: set[tuple[str, int]] = field(default_factory=set)

    def __call__(self, command: str, ends: Exit, *more: object) -> list[dict[str, Any]]:
        """The lines that were printed, each of which follows its schema, and nothing more would."""
        self.capsys.readouterr()
        words = [*command.split(), "--json", *map(str, more)]
        with _as_a_process_of_its_own():
            came = main(words)
        out, err = self.capsys.readouterr()
        assert came == ends, (words, out, err)
        for line in err.splitlines():
            jsonschema.validate(json.loads(line), schema("error"))
        assert err or ends not in (Exit.NOT_ALL, Exit.CANNOT) or command == "doctor"
        told: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
        for one in told:
            jsonschema.validate(one, schema(BY_NAME[command].prints))
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({**one, "unheard of": 1}, schema(BY_NAME[command].prints))
        self.seen.add((command, ends))
        return told


@contextmanager
def _as_a_process_of_its_own() -> Iterator[None]:
    """No handler of this process hears what a command logs: it installs its own, as it does in a shell."""
    root = logging.getLogger()
    before, root.handlers[:] = root.handlers[:], []
    try:
        yield
    finally:
        root.handlers[:] = before


def stale(bank: Bank) -> Bank:
    bank.apply([], source="https://exchange.example", cursor="1")
    return bank


def damaged(bank: Bank) -> None:
    """As after a disk's fault: a byte of an entry is another."""
    bank.compact()
    (entries,) = Path(str(bank.path)).glob("entries*")
    content = bytearray(entries.read_bytes())
    content[len(content) // 2] ^= 1
    entries.write_bytes(content)


def uploaded(folder: Path) -> Path:
    """A mirrored copy of what `banked` has, a flat picture, and one that is shown turned."""
    folder.mkdir(parents=True)
    ImageOps.mirror(Image.fromarray(small(1))).save(folder / "a.jpg")
    Image.new("RGB", (200, 200), "navy").save(folder / "flat.png")
    turned = Image.Exif()
    turned[274] = 6
    Image.fromarray(small(2)).save(folder / "turned.jpg", exif=turned)
    return folder


def lists_taken_and_given(run: Runs, tmp_path: Path, url: str, key_file: Path) -> None:
    """`relay` and `give`, with an exchange at `url` of which `tmp_path` holds a bank."""
    where = ["--sources", tmp_path / "sources", "--folder", tmp_path / "pages"]
    run("relay", Exit.CANNOT, *where)
    for address, end in ((url, Exit.DONE), ("http://hotline.example", Exit.NOT_ALL)):
        source = {"name": "one", "url": address, "key_file": str(key_file)}
        (tmp_path / "sources").write_text(json.dumps({"sources": [source]}))
        run("relay", end, *where)
    key = ["--key-file", key_file, "--bank"]
    run("give", Exit.DONE, "--url", f"{url}/stopncii/v1", *key, tmp_path / "bank")
    run("give", Exit.NOT_ALL, "--url", f"{url}/stopncii/v1", *key, tmp_path / "none")
    run("give", Exit.CANNOT, "--url", "http://hotline.example", *key, tmp_path / "bank")


def own_bank(run: Runs, tmp_path: Path) -> None:
    """The commands of `bank` to each of their ends."""
    bank, uploads = bank_of(tmp_path / "bank", {"one": small(1)}), uploaded(tmp_path / "uploads")
    added = run("bank add", Exit.DONE, tmp_path / "own", uploads)
    assert added[-1] == {"added": 3}
    (tmp_path / "list").write_text("no hash\n" + "1f" * 32 + "\n")
    assert run("bank add", Exit.NOT_ALL, tmp_path / "listed", "--hashes", tmp_path / "list")[-1] == {
        "added": 1
    }
    run("bank add", Exit.CANNOT, tmp_path / "own")
    assert len(run("bank list", Exit.DONE, tmp_path / "own")) == 3
    run("bank stat", Exit.DONE, tmp_path / "own")
    run("bank verify", Exit.DONE, tmp_path / "own")
    first = added[0]["entry"]
    for command, more in (("mute", ["--why", "other"]), ("label", ["--text", "a"]), ("unmute", [])):
        assert run(f"bank {command}", Exit.DONE, tmp_path / "own", first, *more) == [{"marked": 1}]
        assert run(f"bank {command}", Exit.NOT_ALL, tmp_path / "own", "nobody", *more) == [{"marked": 0}]
        run("bank list", Exit.DONE, tmp_path / "own")
    assert run("bank remove", Exit.DONE, tmp_path / "own", first) == [{"removed": 1}]
    assert run("bank remove", Exit.NOT_ALL, tmp_path / "own", "nobody") == [{"removed": 0}]
    damaged(bank)
    for command in ("bank stat", "bank list", "bank verify"):
        run(command, Exit.NOT_ALL, bank.path)
    for command in ("bank stat", "bank list", "bank verify", "bank health"):
        run(command, Exit.CANNOT, tmp_path / "nowhere")
    run("bank remove", Exit.CANNOT, tmp_path / "nowhere", "x")
