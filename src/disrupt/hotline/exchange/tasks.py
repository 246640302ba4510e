"""What the worker does for the exchange: the StopNCII protocol's hashes, old words, partners' webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from disrupt.hotline.common.running.sweep import Duty, NowAndThen, Rest
from disrupt.hotline.exchange.door import once
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.hooks import gathering, sending
from disrupt.hotline.exchange.stopncii import wirehashes


def _due() -> Iterator[str]:
    if wirehashes.is_behind():
        yield "bank"


class OldWords:
    """Partners' old words are looked for once an hour: the search goes through all that are kept."""

    def __init__(self) -> None:
        self._rest = Rest()

    def __call__(self) -> Iterator[str]:
        if not self._rest.is_over():
            return
        if contributions.is_old():
            yield "partners' words"
        else:
            self._rest.begin()


HOOKS = "hooks"
DUTIES: tuple[Duty, ...] = (
    Duty("wire-hashes", _due, lambda _: wirehashes.step()),
    Duty("exchange.old_words", OldWords(), lambda _: contributions.forget_old()),
    Duty("exchange.kept_answers", NowAndThen(once.old, 600), lambda _: once.forget()),
    Duty("hooks.news", gathering.with_news, gathering.gather_news),
    Duty("hooks.events", NowAndThen(gathering.with_events, 5), gathering.gather_events),
    Duty("hooks.answers", NowAndThen(gathering.answered, 5), gathering.gather_answer),
    Duty("hooks.keys", NowAndThen(sending.untold_keys, 60), lambda _: sending.tell_keys()),
    Duty("hooks.old", NowAndThen(sending.old, 60), sending.forget),
    # A receiver that answers slowly keeps nobody waiting but other receivers.
    Duty("hooks.send", sending.due, sending.deliver, lane=HOOKS),
)
