"""A guard that anybody can write to: what is no mail holds it nowhere, and forgeries fill nothing."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import MutableMapping
from email.message import EmailMessage
from pathlib import Path

from tests.partner.guarding import jpeg, notice, photo, settle, sign, site

from disrupt.fingerprint import Sandbox
from disrupt.partner.guard import fetching
from disrupt.partner.guard.desk import Desk
from disrupt.partner.guard.endpoint import NOTICES, Endpoint


def test_what_is_no_mail_holds_nobody_and_a_crowd_of_forgeries_fills_no_log(
    decoders: Sandbox, tmp_path: Path
) -> None:
    home = site(tmp_path, {"a.jpg": jpeg(photo(1))})
    box = tmp_path / "Maildir"
    for place in ("new", "cur", "tmp"):
        (box / place).mkdir(parents=True)
    mail = EmailMessage()
    mail.set_content("A notice.")
    mail.add_attachment(sign(notice("none.jpg")), "application", "json", filename=fetching.ATTACHED)
    os.mkfifo(box / "new" / "1")
    (box / "new" / "2").symlink_to(home.folder / "answers.key")
    (box / "new" / "3").mkdir()
    (box / "new" / "4").write_bytes(mail.as_bytes())
    (box / "new" / "5").write_bytes(b"Subject: hello\n\nno notice\n")
    desk = Desk(settle(home, f"maildir = {json.dumps(str(box))}"), decoders)
    fetching.from_maildir(desk)
    assert sorted(path.name for path in (box / "new").iterdir()) == ["1", "2", "3", "5"]
    assert [path.name for path in (box / "cur").iterdir()] == ["4:2,S"]
    assert len(list(desk.records.all())) == 1

    app = Endpoint(desk, lambda: None)
    before = len(list(desk.quarantine.log()))

    async def post() -> int:
        said: list[int] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(message: MutableMapping[str, object]) -> None:
            said.append(int(str(message.get("status", 0))))

        scope = {"type": "http", "method": "POST", "path": NOTICES, "query_string": b"", "headers": []}
        for _ in range(50):
            await app(scope, receive, send)
        return max(said)

    assert asyncio.run(post()) == 400
    assert len(list(desk.quarantine.log())) == before + 1
