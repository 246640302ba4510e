"""A console with three cases and an analyst who signs in, and what is looked for on its disk afterwards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect
from tests.functional.servers import ROOT, Hotline

from disrupt.hotline.demo.accounts import read

PASSWORD = "correct horse battery staple"
CANARY_MESSAGE = "canary-message-7f3a9c51"
CANARY_CONTACT = "canary-contact-51c9a3f7@example.org"


# As the portal would: three cases; prints, for the canary test, what must not be found later.
DEPOSIT = f"""
import json
import secrets
from pathlib import Path
from django.conf import settings
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter, SealedKind
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common import keys
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.sealing import open_key
from tests.hotline.processing.working import jpeg

def send(name, *files, age=AgeWhenTaken.ADULT, **more):
    deposited = tuple(DepositedFile(vault.deposit([data]), len(data)) for data in files)
    return open_case(Report(name, "fr", Reporter.SELF, age, files=deposited, **more)).case

photo = jpeg(secrets.randbelow(1 << 31), 900)  # nobody else's: what is found of it later is this hotline's
send("minor", jpeg(6), age=AgeWhenTaken.MINOR)
case = send("main", photo, photo[:900], urls=("https://example.org/forum/thread?id=4711&page=2",),
            description=vault.seal("{CANARY_MESSAGE}: un ancien ami l’a publiée."),
            contacts=(Contact(SealedKind.EMAIL, vault.seal("{CANARY_CONTACT}"), safe=True),))
send("again", photo)
ids = [item.vault_id for item in case.items.exclude(vault_id="")]
sealed = [(settings.KEYSTORE_FOLDER / i[:2] / i).read_bytes() for i in ids]
opened = [bytes(open_key(s, keys.review_private_key())) for s in sealed]
print(json.dumps({{
    "case": str(case.pk), "reference": case.reference, "photo": photo.hex(),
    "keys": [k.hex() for k in opened] + [s.hex() for s in sealed],
}}))
"""


def totp(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def fresh_code(secret: str, used: set[int]) -> str:
    """A code that was not used before: each works once, half a minute before and after its time."""
    while True:
        now, left = int(time.time()) // 30, 30 - time.time() % 30
        for ahead in (0, 1, -1) if left > 10 else (0, 1):
            if now + ahead not in used:
                used.add(now + ahead)
                return format_hotp_value(hotp_value(secret, now + ahead))
        time.sleep(1)


def add_analyst(site: Hotline, name: str = "alice", role: str = "lead") -> str:
    """The secret of its second factor; where the hotline's environment gives no password, nobody knows it."""
    return read("totp secret", site.run("manage", "analyst", "add", name, "--role", role).stdout)


def shell(site: Hotline, script: str) -> str:
    """Run a script in the hotline's own settings."""
    command = [sys.executable, "-m", "disrupt.hotline", "manage", "shell", "--verbosity", "0"]
    done = subprocess.run(
        command,
        input=script,
        env=site.for_scripts,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@dataclass
class Scene:
    site: Hotline
    secret: str
    sent: dict[str, Any]
    used: set[int] = field(default_factory=set)

    def code(self) -> str:
        return fresh_code(self.secret, self.used)


def sign_in(scene: Scene, page: Page) -> None:
    page.goto("/")
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.fill("[name=code]", scene.code())
    page.click("main button.main")
    expect(page.locator("h1")).to_contain_text(re.compile("File d’attente|Queue"))


def loaded(page: Page, selector: str) -> int:
    """The width in pixels of a picture, once it is there."""
    page.wait_for_function("s => document.querySelector(s)?.naturalWidth > 0", arg=selector)
    width: int = page.locator(selector).evaluate("i => i.naturalWidth")
    return width


def wait_until(page: Page, path: str, text: str, times: int) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        page.goto(path)
        if page.content().count(text) >= times:
            return
        time.sleep(0.3)
    raise AssertionError(f"“{text}” did not appear {times} times:\n{page.inner_text('main')}")


def found(needles: list[bytes], places: list[Path]) -> set[bytes]:
    """Which of these byte strings is in a file under these places."""
    hits: set[bytes] = set()
    for place in places:
        # Folders of other tests may go away meanwhile: `walk` passes over them.
        inside = (Path(folder, name) for folder, _, names in os.walk(place) for name in names)
        for path in [place] if place.is_file() else inside:
            try:
                if path.is_symlink() or not path.is_file() or path.stat().st_size > 200_000_000:
                    continue
                data = path.read_bytes()
            except OSError:
                continue
            hits |= {needle for needle in needles if needle in data}
    return hits
