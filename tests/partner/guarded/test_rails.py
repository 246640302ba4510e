"""Discourse and Mastodon, on trees as they make them: every address that they show a file at leads to it."""

from __future__ import annotations

import hashlib
import json
import string
import sys
from pathlib import Path

from tests.partner.guarding import HOST, PINNED, jpeg, notice, photo, settle, sign

from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner.guard.desk import Desk, undo_notice
from disrupt.partner.guard.home import Home, read
from disrupt.partner.guard.places import places_of

EXAMPLES = Path(__file__).parents[3] / "examples" / "guarded"
ONE, TWO = photo(1, 320, 240), photo(2, 320, 240)
DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase


def laid(files: dict[Path, bytes]) -> None:
    for place, content in files.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def guarded(folder: Path, kind: str, uploads: Path) -> Home:
    (folder / "keys").write_text(PINNED)
    init = ["--host", HOST, "--keys", str(folder / "keys"), "--kind", kind, "--site", str(folder / "site")]
    assert main(["guard", "init", str(folder / "guard"), *init]) == 0
    resolve = [sys.executable, str(EXAMPLES / f"{kind}_resolve.py"), str(uploads)]
    home = settle(read(folder / "guard"), 'on_notice = "hold"', f"resolve = {json.dumps(resolve)}")
    assert [one.folder for one in home.uploads] == [uploads]
    return home


def there(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def states(home: Home, decoders: Sandbox, *addresses: str) -> tuple[str, list[str]]:
    told = notice(pixels=ONE, addresses=tuple(f"https://{HOST}{one}" for one in addresses))
    desk = Desk(home, decoders)
    answer = desk.finish(desk.receive(sign(told)).notice)
    return told.id, [one.state for one in answer.addresses]


def short(sha1: str) -> str:
    value, name = int(sha1, 16), ""
    while value:
        value, digit = divmod(value, 62)
        name = DIGITS[digit] + name
    return name


def test_discourse(decoders: Sandbox, tmp_path: Path) -> None:
    uploads = tmp_path / "site" / "public" / "uploads"
    content = {number: jpeg(pixels) for number, pixels in enumerate((ONE, TWO))}
    one, two = (hashlib.sha1(body, usedforsecurity=False).hexdigest() for body in content.values())
    original = uploads / f"default/original/2X/{one[0]}/{one}.jpeg"
    smaller = uploads / f"default/optimized/2X/{one[0]}/{one}_2_160x120.jpeg"
    deleted = uploads / f"tombstone/default/original/1X/{'0' * 40}.jpeg"
    other = uploads / f"default/original/3X/{two[0]}/{two[1]}/{two}.jpeg"
    laid({original: content[0], smaller: jpeg(photo(1, 160, 120)), deleted: content[0], other: content[1]})
    home = guarded(tmp_path, "discourse", uploads)

    def leads(path: str) -> set[Path]:
        return set(places_of(f"https://{HOST}{path}", home))

    assert leads(f"/uploads/default/original/2X/{one[0]}/{one}.jpeg") == {original}
    for path in (
        f"/uploads/short-url/{short(one)}.jpeg",
        f"/uploads/default/{one}",
        f"/uploads/default/{one}.jpeg",
    ):
        assert leads(path) == {original, smaller}, path
    assert leads(f"/uploads/short-url/{short(two)}.jpeg?dl=1") == {other}
    for path in ("/t/a-topic/7", f"/uploads/short-url/{'Z' * 40}", "/uploads/short-url/..%2f..%2fkeys"):
        assert not any(place.exists() for place in leads(path)), path
    before = there(uploads)
    # The short name is below the path of the uploads, where no such file is: that is not "gone".
    told, found = states(
        home, decoders, f"/uploads/short-url/{short(one)}.jpeg", "/uploads/default/none.jpeg"
    )
    assert found == ["held", "gone"]
    assert there(uploads) == {other}, "what Discourse keeps of a deleted one is a copy too"
    assert undo_notice(home, told)[0] == 3
    assert there(uploads) == before
    home = settle(home, "resolve = []")
    assert states(home, decoders, f"/uploads/short-url/{short(one)}.jpeg")[1] == ["gone"]


def test_discourses_own_example_of_a_short_name() -> None:
    sha1 = "bda2c513e1da04f7b4e99230851ea2aafeb8cc4e"
    assert short(sha1) == "r3AYqESanERjladb4vBB7VsMBm6"


def test_mastodon(decoders: Sandbox, tmp_path: Path) -> None:
    system = tmp_path / "site" / "public" / "system"
    own = system / "media_attachments/files/109/275/885/117/921/166"
    cached = system / "cache/media_attachments/files/116/644/551/593/625/765"
    early = system / "media_attachments/files/000/000/512/original/cd4be8f6233a27df.png"
    files = {
        own / "original/67813195cca6d7d0.jpg": jpeg(ONE),
        own / "small/67813195cca6d7d0.jpg": jpeg(photo(1, 160, 120)),
        cached / "original/ce3b011abbdb242f.jpg": jpeg(ONE),
        cached / "small/ce3b011abbdb242f.jpg": jpeg(photo(1, 160, 120)),
        early: jpeg(TWO),
    }
    laid(files)
    home = guarded(tmp_path, "mastodon", system)

    def leads(path: str) -> set[Path]:
        return set(places_of(f"https://{HOST}{path}", home))

    shown = f"/system/{(own / 'original/67813195cca6d7d0.jpg').relative_to(system)}?1667310000"
    assert leads(shown) == {own / "original/67813195cca6d7d0.jpg"}
    assert leads("/media_proxy/512/small") == {early}
    assert leads("/media_proxy/116644551593625765/original") == {
        path for path in files if cached in path.parents
    }
    for path in ("/media_proxy/7/original", "/media_proxy/..%2f..%2f/original", "/media_proxy/", "/media/1"):
        assert leads(path) == set(), path
    told, found = states(home, decoders, shown, "/media_proxy/116644551593625765/original")
    assert found == ["held", "held"]
    assert there(system) == {early}
    assert undo_notice(home, told)[0] == 4
    assert there(system) == set(files)
