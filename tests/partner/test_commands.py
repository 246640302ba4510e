"""Every command, brought to every end that docs/commands.md lists; what it prints follows its schema."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from tests.matching.pictures import bank_of, entry_of
from tests.matching.test_video import shot, write
from tests.partner.commands import (
    BY_NAME,
    DOCS,
    Runs,
    damaged,
    lists_taken_and_given,
    own_bank,
    schema,
    small,
    stale,
    uploaded,
)
from tests.partner.guarding import AT, HOST, PINNED, jpeg, notice, settle, sign, site
from tests.partner.logged_feed import Exchange

from disrupt.cli import build_parser, leaves, main
from disrupt.contract import CONTRACTS, Exit
from disrupt.fingerprint import Sandbox, fingerprint_file
from disrupt.matching import Add, Bank
from disrupt.partner import hash as hashing
from disrupt.partner.bank.adding import own_entry
from disrupt.partner.guard import actions
from disrupt.partner.scan import command as scanning

PAGE = DOCS / "commands.md"
ELSEWHERE = {
    ("serve", Exit.DONE),  # tests/partner/test_serve.py: until it is told to end
    ("completion", Exit.DONE),  # tests/partner/test_completion.py: it has no JSON
    ("guard run", Exit.DONE),  # tests/partner/test_guard_running.py
    ("guard run", Exit.NOT_ALL),
    ("guard conform", Exit.NOT_ALL),
}


def hash_match_and_scan(run: Runs, tmp_path: Path) -> None:
    bank, uploads = bank_of(tmp_path / "bank", {"one": small(1)}), uploaded(tmp_path / "uploads")
    film = write(tmp_path / "film.mp4", [shot(second) for second in range(6)])
    bank.apply([Add(own_entry(fingerprint_file(film, trusted=True)))])
    write(uploads / "clip.mp4", [shot(second) for second in range(1, 5)])
    assert len(run("hash", Exit.DONE, uploads)) == 4
    base = ["--bank", bank.path, "--level", "gate"]
    assert len(run("match", Exit.DONE, *base, uploads)) == 4
    explained = run("match", Exit.DONE, *base, "--explain", uploads)
    assert any(match["seconds"] for line in explained for match in line["matches"])
    run("scan", Exit.DONE, *base, "--out", tmp_path / "rows", "--keep-prints", tmp_path / "prints", uploads)
    for line in (tmp_path / "rows").read_text().splitlines():
        jsonschema.validate(json.loads(line), schema("match"))
    recheck = [
        "--keep-prints",
        tmp_path / "prints",
        "--recheck",
        tmp_path / "rows",
        "--out",
        tmp_path / "late",
    ]
    bank.apply([entry_of(small(2), "two")])
    (told,) = run("scan", Exit.DONE, *base, *recheck)
    assert (told["new_entries"], told["found"]) == (1, 1)
    (uploads / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    only = uploads / "broken.jpg"
    run("hash", Exit.NOT_ALL, only)
    run("match", Exit.NOT_ALL, *base, only)
    run("scan", Exit.NOT_ALL, *base, "--out", tmp_path / "b", "--progress", 1, only)
    for command, out in (("match", []), ("scan", ["--out", tmp_path / "none"])):
        run(command, Exit.CANNOT, *out, "--bank", tmp_path / "nowhere", only)


def state_of_a_bank(run: Runs, tmp_path: Path) -> None:
    bank, uploads = bank_of(tmp_path / "bank", {"one": small(1)}), uploaded(tmp_path / "uploads")
    run("bank health", Exit.DONE, bank.path)
    Bank.create(tmp_path / "empty")
    stale(bank)
    shutil.copytree(bank.path, tmp_path / "damaged")
    damaged(Bank.open(tmp_path / "damaged"))
    picture = uploads / "a.jpg"
    for end, path in (
        (Exit.EMPTY, tmp_path / "empty"),
        (Exit.STALE, bank.path),
        (Exit.DAMAGED, tmp_path / "damaged"),
    ):
        run("bank health", end, path)
        run("match", end, "--level", "gate", "--bank", path, picture)
        run("scan", end, "--level", "gate", "--bank", path, "--out", tmp_path / f"rows{end}", picture)


def with_an_exchange(run: Runs, tmp_path: Path, server: Exchange, key_file: Path) -> None:
    tmp_path.mkdir()
    where = ["--key-file", key_file, "--bank", tmp_path / "bank"]
    server.add(*range(3))
    run("sync", Exit.DONE, "--url", server.url, *where)
    server.add("flat", pdq=[{"hex": "0" * 64, "quality": 90, "role": "stored"}])
    run("sync", Exit.NOT_ALL, "--url", server.url, *where)
    lists_taken_and_given(run, tmp_path, server.url, key_file)
    run("heads show", Exit.DONE, "--bank", tmp_path / "bank")
    run("heads compare", Exit.DONE, tmp_path / "bank", tmp_path / "bank")
    check = [*where, "--witness-key", tmp_path / "witness"]
    run("heads check", Exit.DONE, "--url", server.url, *check)
    run("heads check", Exit.DONE, "--url", server.url, *check)  # with a witness
    (tmp_path / "no-head").write_text("{}")
    run("heads compare", Exit.NOT_ALL, tmp_path / "no-head", tmp_path / "bank")
    tell = [*where, "--value", "blocked"]
    (entry, *_) = Bank.open(tmp_path / "bank").entries()
    run("feedback", Exit.DONE, "--url", server.url, *tell, entry.id)
    run("feedback", Exit.NOT_ALL, "--url", server.url, *tell, "nobody")
    own = tmp_path / "key"
    own.write_text("key-0\n")
    own.chmod(0o600)
    run("key rotate", Exit.DONE, "--url", server.url, "--key-file", own)
    assert (own.read_text(), own.stat().st_mode & 0o777) == ("key-1\n", 0o600)
    run("key rotate", Exit.NOT_ALL, "--url", server.url, "--key-file", own)
    assert own.read_text() == "key-1\n", "what is refused leaves the key as it was"
    run("key rotate", Exit.CANNOT, "--url", server.url, "--key-file", tmp_path / "none")
    run("key rotate", Exit.CANNOT, "--url", "http://hotline.example", "--key-file", own)
    Bank.create(tmp_path / "own")
    run("heads show", Exit.NOT_ALL, "--bank", tmp_path / "own")
    run("heads check", Exit.NOT_ALL, "--url", server.url, "--key-file", key_file, "--bank", tmp_path / "own")
    for command, more in (("sync", where), ("heads check", where), ("feedback", [*tell, entry.id])):
        run(command, Exit.CANNOT, "--url", "http://hotline.example", *more)


def this_machine(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run("warm", Exit.NOT_ALL, "--cache", tmp_path / "file" / "cache")
    run("doctor", Exit.DONE)
    run("doctor", Exit.NOT_ALL, "--bank", tmp_path / "nowhere")
    run("warm", Exit.DONE)
    run("test-picture", Exit.DONE, tmp_path / "test.png")
    run("test-picture", Exit.NOT_ALL, tmp_path / "test.png")


def a_guard(run: Runs, tmp_path: Path) -> None:
    home = settle(site(tmp_path, {"a.jpg": jpeg(small(1)), "b.jpg": jpeg(small(2))}), 'on_notice = "hold"')
    (tmp_path / "keys").write_text(PINNED)
    init = ["--host", HOST, "--keys", tmp_path / "keys", "--uploads", f"{home.uploads[0].folder}={AT}"]
    run("guard init", Exit.DONE, tmp_path / "new", *init)
    run("guard init", Exit.CANNOT, tmp_path / "new", *init)
    run("guard init", Exit.NOT_ALL, tmp_path / "newer", *init[:2], "--keys", tmp_path / "none", *init[4:])
    first, second = notice("a.jpg", pixels=small(1)), notice("b.jpg")
    for name, one in (
        ("first", first),
        ("second", second),
        ("foreign", replace(first, host="other.example")),
    ):
        (tmp_path / name).write_bytes(sign(one))
    keys = ["--keys", tmp_path / "keys", "--host", HOST]
    run("guard verify", Exit.DONE, tmp_path / "first", *keys)
    run("guard verify", Exit.NOT_ALL, tmp_path / "foreign", *keys)
    run("guard verify", Exit.CANNOT, tmp_path / "first", "--keys", tmp_path / "none", "--host", HOST)
    folder = home.folder
    run("guard notice", Exit.DONE, folder, tmp_path / "first")
    run("guard notice", Exit.DONE, folder, tmp_path / "second")
    run("guard notice", Exit.NOT_ALL, folder, tmp_path / "foreign")
    for command in ("status", "announce", "stop", "start"):
        run(f"guard {command}", Exit.DONE, folder)
        run(f"guard {command}", Exit.CANNOT, tmp_path / "nowhere")
    run("guard run", Exit.CANNOT, folder)  # nothing to do: no banks, no way for notices
    kept = ["--quarantine", home.quarantine]
    (off, *_) = [one for one in run("guard list", Exit.DONE, *kept) if one["notice"] == second.id]
    run("guard appeal", Exit.DONE, *kept, off["id"], "It is mine.")
    run("guard appeal", Exit.NOT_ALL, *kept, "nobody", "It is mine.")
    run("guard undo", Exit.DONE, *kept, off["id"])
    run("guard undo", Exit.NOT_ALL, *kept, off["id"])
    upload = home.uploads[0].folder / "b.jpg"
    run("guard hold", Exit.DONE, *kept, "--root", upload.parent, "--reason", "mine", upload)
    run("guard hold", Exit.NOT_ALL, *kept, "--root", upload.parent, "--reason", "mine", upload)
    assert run("guard undo-notice", Exit.DONE, folder, first.id) == [{"put_back": 1}]
    run("guard notice", Exit.DONE, folder, tmp_path / "first")
    assert len(run("guard log", Exit.DONE, *kept)) > 5
    (tmp_path / "file").touch()
    nowhere = ["--quarantine", tmp_path / "file" / "quarantine"]
    run("guard list", Exit.NOT_ALL, *nowhere)
    run("guard log", Exit.NOT_ALL, *nowhere)
    with (home.quarantine / "log.jsonl").open("a") as log:
        log.write("half a li\n")
    run("guard status", Exit.NOT_ALL, folder)
    (folder / "stopped").symlink_to(tmp_path / "file" / "stopped")
    run("guard stop", Exit.NOT_ALL, folder)
    (folder / "stopped").unlink()
    (folder / "stopped").mkdir()
    run("guard start", Exit.NOT_ALL, folder)
    (folder / "answers.key").unlink()
    run("guard announce", Exit.NOT_ALL, folder)
    conform = ["--endpoint", "http://127.0.0.1:1/", "--host", HOST, "--address", AT]
    run("guard conform", Exit.DONE, *conform, "--key-file", tmp_path / "kit")


def a_place_that_is_taken(run: Runs, tmp_path: Path) -> None:
    home = settle(site(tmp_path, {"a.jpg": jpeg(small(1))}), 'on_notice = "hold"')
    one = notice("a.jpg")
    (tmp_path / "notice").write_bytes(sign(one))
    run("guard notice", Exit.DONE, home.folder, tmp_path / "notice")
    (home.uploads[0].folder / "a.jpg").write_bytes(b"another's")
    assert run("guard undo-notice", Exit.NOT_ALL, home.folder, one.id) == [{"put_back": 0}]


def wrong_arguments(run: Runs) -> None:
    for command in BY_NAME:
        with pytest.raises(SystemExit) as ended:
            main([*command.split(), "--json", "--unheard-of"])
        assert ended.value.code == Exit.CANNOT
        assert "usage: disrupt" in run.capsys.readouterr().err
        run.seen.add((command, Exit.CANNOT))


@pytest.mark.slow
def test_every_command_comes_to_every_end_as_the_page_says(
    tmp_path: Path,
    key_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    decoders: Sandbox,
    shared_decoders: None,
) -> None:
    for module in (hashing, scanning, actions):
        monkeypatch.setattr(module, "Sandbox", lambda *_, **__: nullcontext(decoders))
    run = Runs(capsys)
    hash_match_and_scan(run, tmp_path / "scan")
    state_of_a_bank(run, tmp_path / "state")
    own_bank(run, tmp_path / "own")
    this_machine(run, tmp_path)
    a_guard(run, tmp_path / "guarded")
    a_place_that_is_taken(run, tmp_path / "taken")
    server = Exchange()
    try:
        with_an_exchange(run, tmp_path / "exchange", server, key_file)
    finally:
        server.close()
    wrong_arguments(run)
    ends = {(one.command, end) for one in CONTRACTS for end in (Exit.DONE, Exit.CANNOT, *one.exits)}
    assert ends - run.seen == ELSEWHERE
    assert run.seen <= ends


def test_an_interruption_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(hashing, "run", interrupted)
    assert main(["hash", str(tmp_path)]) == Exit.INTERRUPTED


def test_the_page_is_the_table_and_the_table_is_the_program() -> None:
    rows = re.findall(r"^\| `(.+)` \| (.+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [
        (
            one.command,
            f"[{one.prints}](schemas/{one.prints}.schema.json)" if one.prints else "-",
            ", ".join(str(int(end)) for end in one.exits) or "-",
        )
        for one in CONTRACTS
    ]
    parser = build_parser()
    (below,) = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
    for one in below.values():
        one.fill()
    assert {one.prog.removeprefix("disrupt ") for one in leaves(parser)} == set(BY_NAME)
