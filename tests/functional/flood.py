"""A flood of junk reports from one network, and one person elsewhere who measures how long they wait."""

from __future__ import annotations

import http.client
import multiprocessing
import re
import threading
import time
import urllib.parse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

CROWD, PERSON = "192.0.2.{}", "198.51.100.7"
_HIDDEN = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|draft)" value="([^"]*)"')


class Browser:
    """The least that can send a report: cookies, hidden fields, redirects and waiting pages."""

    def __init__(self, port: int, address: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._address = address
        self._cookies: dict[str, str] = {}
        self.html = ""

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, int]:
        """The status, where it leads to, and after how many seconds a waiting page asks to come back."""
        headers = {"X-Forwarded-For": self._address}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body = urllib.parse.urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        self.html = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), int(answer.headers.get("Refresh", "0"))

    def send(self) -> str:
        """Send a report by the one-page form; where it leads to: the code, or the page that waits."""
        self._cookies.clear()
        self.ask("GET", "/en/form/")
        hidden = dict(_HIDDEN.findall(self.html))
        answers = {
            "url": "https://example.org/1", "reporter": "self", "age": "adult", "statement": "on",
            "description": "", "email": "", "action": "send", "complete": "1",
        }  # fmt: skip
        status, leads_to, _ = self.ask("POST", "/en/form/", {**hidden, **answers})
        if status != 302:
            raise AssertionError(f"a report was answered with {status}")
        return leads_to

    def wait(self, limit: float) -> None:
        """Come back to the waiting page, as a browser does, until there is a code."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            status, leads_to, seconds = self.ask("GET", "/en/steps/wait/")
            if leads_to.endswith("/code/"):
                return
            if status not in {200, 302}:
                raise AssertionError(f"the waiting page answered {status}")
            time.sleep(min(seconds, 5))
        raise AssertionError("the report is still waiting")

    def close(self) -> None:
        self._connection.close()


@dataclass
class Seen:
    """What happened: seconds of each report of the person, how the crowd's were answered, what failed."""

    calm: list[float] = field(default_factory=list)
    flooded: list[float] = field(default_factory=list)
    waiting: int = 0
    opened: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


def flood(port: int, reports: int, at_once: int, *, visits: int) -> Seen:
    """Send `reports` junk reports from one network, `at_once` at a time; a person elsewhere sends some."""
    seen, lock = Seen(), threading.Lock()
    left = iter(range(reports))

    def crowd(number: int) -> None:
        browser = Browser(port, CROWD.format(number % 250 + 1))
        while True:
            with lock:
                if next(left, None) is None:
                    break
            try:
                where = browser.send()
            except (OSError, http.client.HTTPException, AssertionError) as error:
                seen.errors.append(f"{type(error).__name__} {error}")
                browser.close()
                continue
            with lock:
                seen.waiting += where.endswith("/wait/")
                seen.opened += where.endswith("/code/")
        browser.close()

    for _ in range(3):
        seen.calm.append(_visit(port))
    start = time.monotonic()
    threads = [threading.Thread(target=crowd, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    # In a process of its own: the crowd's threads must not slow down the one who measures.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as person:
        while any(thread.is_alive() for thread in threads) and len(seen.flooded) < visits:
            seen.flooded.append(person.submit(_visit, port).result())
            time.sleep(0.5)
    for thread in threads:
        thread.join()
    seen.seconds = time.monotonic() - start
    return seen


def _visit(port: int) -> float:
    """Seconds from the empty form to the code."""
    start = time.monotonic()
    browser = Browser(port, PERSON)
    try:
        if browser.send().endswith("/wait/"):
            browser.wait(60)
        browser.ask("GET", "/en/code/")
        if 'data-code="' not in browser.html:
            raise AssertionError("the person has no code")
    finally:
        browser.close()
    return time.monotonic() - start
