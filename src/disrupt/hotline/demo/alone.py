"""Two people who send no picture: one is threatened, one keeps it on the device; a person answers both."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.hotline.demo import observe
from disrupt.hotline.demo.accounts import Account
from disrupt.hotline.demo.analyst import Analyst
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.reporter import Reporter
from disrupt.hotline.demo.show import Show
from disrupt.hotline.demo.site import Site

_TOLD = {
    "place": "messages of an app",
    "account": "@somebody",
    "demand": "200 euros in cards",
    "deadline": "tonight",
}
_ANSWER = "It is not your fault. Do not pay, keep the messages. We are here, write to us."


def show_both(show: Show, site: Site, account: Account, picture: bytes) -> None:
    """Raises DemoFailed where one of them is not in the queue, or does not read the answer."""
    reporter = Reporter(site.portal)
    show.step(
        "Somebody under 18 is threatened: no photo, no address, a screenshot of the messages as a proof"
    )
    codes = [reporter.threatened(_TOLD, _screenshot())]
    waiting = observe.newest_case()
    show.line(f"case code: {codes[0]}; it holds: {', '.join(waiting.states) or 'words only'}")
    if set(waiting.states.values()) - {"kept"} or waiting.entries:
        raise DemoFailed(f"The proof is not simply kept: {waiting.states}.")
    show.line("the proof is sealed; it has no fingerprint, and no partner is told of it")

    show.step("Somebody under 18 keeps the photo on the device: only its fingerprint is sent")
    found = fingerprint_file(picture, trusted=True)
    if not isinstance(found, ImageFingerprint):
        raise DemoFailed("What is kept on the device is not a photo.")
    codes.append(reporter.declares(found, "He says he will show it at school."))
    observe.wait_until("the fingerprint is offered", lambda: bool(observe.newest_case().entries))
    entry = observe.newest_case().entries[0]
    show.line(f"bank entry {entry['id'][:8]} · {entry['category']}, seen by nobody")

    show.step("Both are in the queue until a person has read them; an analyst answers")
    with Analyst(site.console, account) as analyst:
        analyst.sign_in()
        for _code in codes:
            show.line(f"read and answered: case {analyst.answer(_ANSWER)}")
    for code in codes:
        if _ANSWER not in reporter.messages(code):
            raise DemoFailed("The answer is not on the reporter's page.")
    show.line("both read the answer with their code")


def _screenshot() -> bytes:
    """A picture of words, as a person might take one of the messages."""
    picture = Image.new("RGB", (360, 200), (245, 245, 240))
    ImageDraw.Draw(picture).multiline_text(
        (20, 30), "200 euros tonight,\nor everybody sees it.", (20, 20, 20)
    )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
