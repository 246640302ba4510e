"""`make demo`: from a person's deposit to a platform's block, in one go, on this machine."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from pathlib import Path

from PIL import Image

from disrupt.hotline.demo import alone, figures, observe, pictures, recipients
from disrupt.hotline.demo.accounts import Account, make_accounts
from disrupt.hotline.demo.analyst import Analyst
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.outside import Outside
from disrupt.hotline.demo.platform import Platform
from disrupt.hotline.demo.reporter import Reporter
from disrupt.hotline.demo.show import Show
from disrupt.hotline.demo.site import Ports, Site
from disrupt.hotline.demo.totp import current_code, seconds_left

_WAIT_FOR_HOST_HOURS = 7.0
_UNTIL_REMINDER_HOURS = 25.0
_BETWEEN_LOOKS_HOURS = 0.7
_UNTIL_NEXT_LOOK_HOURS = 1.3
_UNTIL_FINAL_HOURS = 11 / 60


def run(*, var: Path, examples: Path, port: int, exit_when_done: bool) -> int:
    """Run the whole chain; 0 when every step did what it must, 1 when one did not."""
    show = Show()
    ports = Ports.from_base(port)
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal leaves no process behind either
        signal.signal(ending, signal.default_int_handler)
    try:
        ports.check_free()
        _begin_afresh(var)
        registry = var / "recipients.json"
        recipients.write(registry)
        site_of_ours = Site(var, ports, {"DISRUPT_RECIPIENTS_FILE": str(registry)})
        with Outside(ports.host, ports.smtp) as outside, site_of_ours as site:
            analyst = _chain(show, site, outside, examples)
            show.step("The site is yours")
            _addresses(show, site, analyst)
            if not exit_when_done:
                _stay(show, analyst)
    except DemoFailed as error:
        print(f"\nThe demonstration failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _begin_afresh(var: Path) -> None:
    """Each demonstration starts from nothing; only a folder that an earlier one made is emptied."""
    if var.exists():
        if any(var.iterdir()) and not (var / "demo").exists():
            raise DemoFailed(f"{var} is not a demonstration's folder; it is left alone.")
        shutil.rmtree(var)
    var.mkdir(parents=True, mode=0o700)
    (var / "demo").touch()


def _chain(show: Show, site: Site, outside: Outside, examples: Path) -> Account:
    show.step("Setting up: keys (mode 0600), tables, accounts")
    site.run("init")
    accounts = make_accounts(site)
    show.line(f"SQLite and keys under {site.var}")

    show.step("Starting the five processes")
    for name, pid in site.start_all().items():
        show.line(f"{name:9} process {pid}")
    observe.attach(site.environ())

    show.step("A person reports two addresses and deposits two photographs and a short video")
    reporter = Reporter(site.portal)
    video = _film(examples)
    files = [(examples / name).read_bytes() for name in pictures.DEPOSITED]
    code = reporter.report(outside.urls, [*files, video])
    show.line(f"case code: {code}")
    for name, count in observe.files_under(site.var).items():
        show.line(f"{name}: {count} files, all of them sealed")

    show.step("An analyst signs in (password and one-time code) and qualifies each item")
    with Analyst(site.console, accounts.analyst) as analyst:
        analyst.sign_in()
        for said in analyst.qualify_all("NCII-DIF"):
            show.line(said)

    show.step("Ten minutes in which each decision can be undone (the clock is moved)")
    waiting = observe.newest_case()
    if waiting.entries or waiting.receipts or set(waiting.states.values()) != {"decided"}:
        followed = f"{waiting.states}, {len(waiting.entries)} entries, {len(waiting.receipts)} receipts"
        raise DemoFailed(f"Something followed a decision that could still be undone: {followed}.")
    show.line(f"{len(waiting.states)} items decided; nothing offered, nothing destroyed, nothing sent")
    observe.move_clock(_UNTIL_FINAL_HOURS)

    show.step("The worker fingerprints the content, offers the fingerprints and destroys the content")
    observe.wait_until("three files are protected", lambda: _protected(3))
    progress = observe.newest_case()
    for entry in progress.entries:
        prints = entry["pdq"] or entry["vpdq"]
        show.line(
            f"bank entry {entry['id'][:8]} · {entry['kind']} · {len(prints)} PDQ · {prints[0]['hex'][:16]}…"
        )
    for receipt in progress.receipts:
        show.line(
            f"destruction receipt {receipt['content']}: key gone {receipt['key_absent']}, "
            f"ciphertext gone {receipt['ciphertext_absent']} ({receipt['ciphertext_bytes']} bytes)"
        )
    show.line(f"left in the store: {observe.files_under(site.var)['store']} files")

    show.step("The police platform is notified at once, the host after the wait (the clock is moved)")
    observe.wait_until("the police platform was notified", lambda: _addresses_at("police_notified") == 2)
    show.line(f"moving the clock by {_WAIT_FOR_HOST_HOURS:.0f} hours")
    observe.move_clock(_WAIT_FOR_HOST_HOURS)
    observe.wait_until("the host was notified", lambda: _addresses_at("host_notified") == 2)
    for message in outside.mailbox.messages:
        show.line(f"to {message['To']}: {message['Subject']}")

    _until_gone(show, outside)

    show.step("A platform brings its bank up to date and looks its users' uploads up")
    platform = Platform(site.exchange, accounts.key_file, site.var / "platform" / "bank")
    show.line(platform.sync())
    uploads = pictures.uploads(examples, video, site.var / "platform" / "uploads")
    verdicts = platform.match(uploads)
    show.verdicts(verdicts)
    wrong = [v.upload.path.name for v in verdicts if not v.right]
    if wrong:
        raise DemoFailed(f"The matcher was wrong about {', '.join(wrong)}.")

    # A partner is known to hold what it fetched once it asks for what comes after.
    platform.sync()
    show.step("The reporter's status page, by the case code")
    for line in reporter.status(code):
        show.line(line)

    _family(show, site, accounts.analyst, examples)
    alone.show_both(show, site, accounts.analyst, (examples / "galaxies.jpg").read_bytes())
    show.step("The figures: counted as it happened, about nobody")
    for line in figures.lines():
        show.line(line)
    return accounts.analyst


def _family(show: Show, site: Site, account: Account, examples: Path) -> None:
    """Three people send one picture, in four forms: one look settles them all."""
    show.step("Three people send the same photograph: as it is, mirrored, cut, framed")
    for files in pictures.family(examples):
        Reporter(site.portal).report([], files)
    observe.wait_until("the four files are prepared", lambda: observe.prepared() == 4)
    with Analyst(site.console, account) as analyst:
        analyst.sign_in()
        show.line(analyst.settle_family("NCII-DIF"))
    states = observe.newest_states(3)
    if states != ["decided"] * 4:
        raise DemoFailed(f"One look did not settle the family: {states}.")
    show.line("one content was opened; four items are decided, each with its own event and undo")


def _until_gone(show: Show, outside: Outside) -> None:
    """The host ignores the notice, answers the reminder, removes; it comes back once and is told again."""
    show.step("The host ignores the notice and is reminded a day later; the pages are seen still there")
    observe.move_clock(_UNTIL_REMINDER_HOURS)
    observe.wait_until("the host was reminded", lambda: _addresses_at("host_reminded") == 2)
    observe.wait_until("both pages were looked at", lambda: observe.looks("live") >= 2)
    reminder = outside.mailbox.messages[-1]
    show.line(f"to {reminder['To']}: {reminder['Subject']} (in reply to the notice)")

    show.step("The host says that it removed them; gone is what two looks half an hour apart agree on")
    outside.remove()
    observe.host_says_removed()
    observe.wait_until("both pages were seen gone once", lambda: observe.looks("gone") >= 2)
    show.line(f"seen gone once: {_addresses_at('removed')} removed")
    observe.move_clock(_BETWEEN_LOOKS_HOURS)
    observe.wait_until("both pages were seen gone twice", lambda: _addresses_at("removed") == 2)
    show.line(f"seen gone twice: {_addresses_at('removed')} removed")

    show.step("The pages come back once: seen twice, and notified again, the police first")
    outside.show()
    before = observe.looks("live")
    observe.move_clock(_UNTIL_NEXT_LOOK_HOURS)
    observe.wait_until("both pages were seen again", lambda: observe.looks("live") >= before + 2)
    observe.move_clock(_BETWEEN_LOOKS_HOURS)
    observe.wait_until("the police were told again", lambda: _addresses_at("police_notified") == 2)
    observe.move_clock(_WAIT_FOR_HOST_HOURS)
    observe.wait_until("the host was told again", lambda: _addresses_at("host_notified") == 2)
    again = outside.mailbox.messages[-1]
    show.line(f"to {again['To']}: {again['Subject']} (with its history)")
    outside.remove()


def _film(examples: Path) -> bytes:
    stills = []
    for name in ("rocket.jpg", "galaxies.jpg"):
        with Image.open(examples / name) as opened:
            stills.append(opened.convert("RGB"))
    return pictures.film(stills)


def _protected(count: int) -> bool:
    return list(observe.newest_case().states.values()).count("protected") >= count


def _addresses_at(state: str) -> int:
    return list(observe.newest_case().states.values()).count(state)


def _addresses(show: Show, site: Site, analyst: Account) -> None:
    show.line(f"portal    {site.portal}/")
    show.line(f"console   {site.console}/   account {analyst.name}, password {analyst.password}")
    show.line(f"          one-time code {current_code(analyst.totp)} (for {seconds_left()} s)")
    show.line(f"          or add this secret to an authenticator: {analyst.totp}")
    show.line(f"exchange  {site.exchange}/v1/feed   key in {site.var / 'platform.key'}")


def _stay(show: Show, analyst: Account) -> None:
    show.line("Ctrl-C stops it.")
    while True:
        time.sleep(seconds_left() + 0.5)
        if sys.stdout.isatty():
            print(f"\r             one-time code now: {current_code(analyst.totp)} ", end="", flush=True)
