"""Files sent by the portal's form in a real browser, and what the worker makes of them before a look."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.functional.servers import Hotline

_AT_ONCE = 40
_SKETCHES = (
    "import json\n"
    "from disrupt.hotline.cases.models import Item\n"
    "from disrupt.hotline.processing.preparing import sketch_of\n"
    "found = {}\n"
    "for item in Item.objects.filter(kind='file', prepared=True):\n"
    "    sketch = sketch_of(item)\n"
    "    if sketch: found[sketch.sha256] = [row.tobytes().hex() for row in sketch.own]\n"
    "print('FOUND' + json.dumps(found))\n"
)


def send(chromium: Browser, hotline: Hotline, files: Sequence[Path]) -> None:
    """Each as an item of a case, at most 40 a case."""
    for first in range(0, len(files), _AT_ONCE):
        part = files[first : first + _AT_ONCE]
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{hotline.url('portal')}/en/form/")
        page.set_input_files("#files", part)
        expect(page.locator("#chosen > li[data-state=done]")).to_have_count(len(part), timeout=60_000)
        page.check("input[name=reporter][value=self]")
        page.check("input[name=age][value=adult]")
        page.check("#id_statement")
        page.click("#send")
        page.wait_for_url("**/code/**", timeout=60_000)
        context.close()


def own_hashes(hotline: Hotline, count: int) -> dict[str, list[str]]:
    """The hashes of the pictures themselves by SHA-256, once so many files are prepared."""
    limit = time.monotonic() + 120
    while True:
        out = hotline.run("manage", "shell", "--no-imports", "-c", _SKETCHES).stdout
        found: dict[str, list[str]] = json.loads(out[out.index("FOUND") + 5 :])
        if len(found) >= count or time.monotonic() > limit:
            return found
