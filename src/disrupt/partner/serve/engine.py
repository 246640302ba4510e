"""A server's banks, followed as they change, and its look-ups, a bounded number at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from disrupt.errors import DisruptError
from disrupt.fingerprint import Sandbox
from disrupt.matching import Bank, EmptyBank, Health
from disrupt.matching._warm import warm_index, warm_views
from disrupt.partner.serve.http import Refused
from disrupt.partner.serve.settings import Settings

FOLLOW_SECONDS = 0.2
"""How often the banks' folders are looked at: a change is found within this and some milliseconds."""

_LOG = logging.getLogger("disrupt.serve")


class Engine:
    """Opened once in each worker process; `ready` when a first request would not wait."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.banks = {name: Bank.open(path) for name, path in settings.banks.items()}
        self.sandbox = Sandbox(workers=settings.jobs)
        self.threads = ThreadPoolExecutor(settings.jobs * 2, thread_name_prefix="look-up")
        self.under_way = 0
        self.ready = False
        self._lost: set[str] = set()
        self._rotten: dict[str, str] = {}
        self._doubted = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._prepare, name="preparation", daemon=True).start()
        threading.Thread(target=self._follow, name="banks", daemon=True).start()

    def _prepare(self) -> None:
        self.sandbox.start()
        warm_index()
        warm_views("fast", self.settings.level)
        try:
            self.sandbox.protections()  # which waits until the decoders are there
        except DisruptError as error:
            _LOG.error("no file can be decoded: %s", error)
            return
        self.ready = True

    def _follow(self) -> None:
        """Take in changes of the banks while requests are answered from what was there before."""
        while not self._ended.wait(FOLLOW_SECONDS):
            for name, bank in self.banks.items():
                try:
                    if bank.refresh():
                        self._rotten.pop(name, None)
                    self._lost.discard(name)
                except (DisruptError, OSError) as error:
                    if name not in self._lost:
                        _LOG.error(
                            "bank %s can no longer be read, what is known of it stays: %s", name, error
                        )
                    self._lost.add(name)
            if self._doubted.is_set():
                self._doubted.clear()
                self._verify()

    def doubt(self) -> None:
        """A look-up ran into damage that no file's time told of: compare everything, beside the answers."""
        self._doubted.set()

    def _verify(self) -> None:
        for name, bank in self.banks.items():
            with suppress(DisruptError, OSError):  # told by whoever follows it
                if problems := bank.verify():
                    self._rotten[name] = str(problems[0])
                    _LOG.error("bank %s is damaged: %s", name, problems[0].reason)

    def end(self) -> None:
        """End the decoders and the threads."""
        self._ended.set()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.sandbox.close()

    def health(self) -> dict[str, Health]:
        """The health of each bank; one that can no longer be read is damaged."""
        found = {name: bank.health(max_age=self.settings.max_age) for name, bank in self.banks.items()}
        more = dict(self._rotten) | dict.fromkeys(self._lost, "its folder can no longer be read")
        for name, reason in more.items():
            reasons = (*found[name].reasons, reason)
            found[name] = Health("damaged", found[name].entries, found[name].fetched, reasons)
        return {name: self._by_name(name, one) for name, one in found.items()}

    def _by_name(self, name: str, health: Health) -> Health:
        """Anybody may ask: the bank's files by its name, not by where it is on this machine."""
        folder = f"{self.banks[name].path}/"
        if not folder.startswith("/"):
            return health
        return replace(health, reasons=tuple(one.replace(folder, f"{name}/") for one in health.reasons))

    def chosen(self, names: Iterable[str]) -> dict[str, Bank]:
        """The banks of these names, all where none is named. Raises Refused for an unknown one."""
        wanted = [name for name in names if name] or list(self.banks)
        unknown = [name for name in wanted if name not in self.banks]
        if unknown:
            raise Refused(404, "unknown_bank", f"there is no bank {unknown[0][:60]!r} here")
        banks = {name: self.banks[name] for name in wanted}
        if not any(len(bank) for bank in banks.values()):
            raise EmptyBank("there are no entries, so nothing can be found: fetch or fill the bank first")
        return banks
