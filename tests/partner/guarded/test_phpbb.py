"""The recipe for phpBB, on a tree and a table as phpBB 3 makes them: an attachment and its thumbnail go."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

from tests.partner.guarding import HOST, PINNED, jpeg, notice, photo, settle, sign

from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner.guard.desk import Desk, undo_notice
from disrupt.partner.guard.home import read
from disrupt.partner.guard.places import places_of

RECIPE = Path(__file__).parents[3] / "examples" / "guarded" / "phpbb_resolve.py"
CLIENT = """
import sqlite3, sys
for row in sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]):
    print(*row, sep="\\t")
"""
SHOWN = f"https://{HOST}/forum/download/file.php"


def test_an_attachment_that_is_shown_by_its_number(decoders: Sandbox, tmp_path: Path) -> None:
    forum, database = tmp_path / "forum", tmp_path / "phpbb.sqlite3"
    files = forum / "files"
    files.mkdir(parents=True)
    (files / ".htaccess").write_text("Deny from all\n")
    with sqlite3.connect(database) as made:
        made.execute(
            "CREATE TABLE phpbb_attachments (attach_id INTEGER PRIMARY KEY, physical_filename VARCHAR(255),"
            " real_filename VARCHAR(255), mimetype VARCHAR(100), thumbnail INTEGER)"
        )
        for number, thumbnail in ((7, 1), (8, 0)):
            name = f"2_{number:032x}"  # by the poster and a random number; no ending
            made.execute(
                "INSERT INTO phpbb_attachments VALUES (?, ?, 'a.jpg', 'image/jpeg', ?)",
                (number, name, thumbnail),
            )
            (files / name).write_bytes(jpeg(photo(number, 320, 240)))
            if thumbnail:
                (files / f"thumb_{name}").write_bytes(jpeg(photo(number, 160, 120)))
        made.execute("INSERT INTO phpbb_attachments VALUES (9, '../../keys', 'a.jpg', 'image/jpeg', 0)")
    made.close()
    (tmp_path / "keys").write_text(PINNED)
    init = ["--host", HOST, "--keys", str(tmp_path / "keys"), "--kind", "phpbb", "--site", str(forum)]
    assert main(["guard", "init", str(tmp_path / "guard"), *init]) == 0
    client = [sys.executable, "-c", CLIENT, str(database)]
    resolve = [sys.executable, str(RECIPE), str(files), "phpbb_", *client]
    home = settle(read(tmp_path / "guard"), 'on_notice = "hold"', f"resolve = {json.dumps(resolve)}")
    before = {path.name for path in files.iterdir()}
    for nothing in ("?id=9", "?id=10", "?id=7%20OR%201=1", "?id=", "", "?avatar=2.jpg"):
        assert places_of(SHOWN + nothing, home) == []
    told = notice("x", addresses=(f"{SHOWN}?id=7&mode=view",))
    desk = Desk(home, decoders)
    assert [one.state for one in desk.finish(desk.receive(sign(told)).notice).addresses] == ["held"]
    gone = f"2_{7:032x}"
    assert {path.name for path in files.iterdir()} == before - {gone, f"thumb_{gone}"}
    assert undo_notice(home, told.id)[0] == 2
    assert {path.name for path in files.iterdir()} == before
