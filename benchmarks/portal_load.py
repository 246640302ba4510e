"""Fifty people deposit a 5 MB photo each at once, on this machine (`python -m benchmarks.portal_load`).

A real portal on a loopback port with a folder of its own; each person is a thread that speaks the upload
protocol as the page's script does (again later when asked to come back), then goes away. The last round comes
in by the plain form, as without JavaScript. Meanwhile somebody else reads the first page. Ends with status 1
when anybody got an error, when a file's bytes differ, or when the portal's memory grew from round to round.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.functional.servers import Hotline
from tests.functional.test_uploads import BODY, Phone, contents

from benchmarks.portal_figures import write_section

MIB = 1024 * 1024
# Between the middle and the end: a leak of a tenth of a file in each round would show.
GROWTH = 6 * MIB
# Whoever reads meanwhile is not of the crowd's network.
ELSEWHERE = "198.51.100.7"
# Long, because random bytes must not hold it.
BOUNDARY = "----" + "portal-load" * 3
_PART = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="


@dataclass
class Round:
    """What one round of depositors went through."""

    seconds: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    asked_back: int = 0
    errors: list[str] = field(default_factory=list)
    peak: int = 0
    after: int = 0


def resident(pid: int) -> int:
    """Bytes of memory of a process and its children."""
    total = 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{one}/status").read_text())
        total += int(found[1]) * 1024 if found else 0
    return total


def by_script(port: int, content: bytes, seen: Round) -> None:
    """One file by the upload protocol."""
    phone = Phone(port)
    url = phone.begin(len(content))
    while True:
        status, headers, _ = phone.ask("PATCH", url, content, Content_Type=BODY, Upload_Offset="0")
        if status == 503:
            seen.asked_back += 1
            time.sleep(float(headers["Retry-After"]))
            continue
        if status != 204 or headers["Upload-Offset"] != str(len(content)):
            seen.errors.append(f"answer {status}")
        return


def by_form(port: int, content: bytes, seen: Round) -> None:
    """One file by the plain form."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", "/en/form/")
    answer = connection.getresponse()
    page = answer.read().decode()
    cookies = "; ".join(v.split(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    draft = re.search(r'name="draft" value="([^"]+)"', page)
    if not token or not draft:
        seen.errors.append(f"no form: {answer.status}")
        return
    fields = {"csrfmiddlewaretoken": token[1], "draft": draft[1], "action": "keep"}
    body = "".join(f'{_PART}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()).encode()
    body += f'{_PART}"files"; filename="a"\r\n\r\n'.encode() + content + b"\r\n"
    body += f'{_PART}"complete"\r\n\r\n1\r\n--{BOUNDARY}--\r\n'.encode()
    headers = {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", "/en/form/", body, headers)
    answer = connection.getresponse()
    if answer.status != 200 or b"1 file received safely" not in answer.read():
        seen.errors.append(f"answer {answer.status}")
    connection.close()


def one_round(portal: Hotline, files: list[bytes], send: object) -> Round:
    """All at once; somebody reads the first page meanwhile."""
    seen, over = Round(), threading.Event()
    port, pid = portal.ports["portal"], portal.pid("portal")

    def depositor(content: bytes) -> None:
        start = time.monotonic()
        try:
            send(port, content, seen)  # type: ignore[operator]
        except (OSError, http.client.HTTPException, AssertionError) as error:
            seen.errors.append(type(error).__name__)
        seen.seconds.append(time.monotonic() - start)

    def reader() -> None:
        while not over.is_set():
            start = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/en/", headers={"X-Forwarded-For": ELSEWHERE})
            if connection.getresponse().status != 200:
                seen.errors.append("the first page")
            connection.close()
            seen.pages.append(time.monotonic() - start)
            seen.peak = max(seen.peak, resident(pid))
            over.wait(0.05)

    threads = [threading.Thread(target=depositor, args=(content,)) for content in files]
    watch = threading.Thread(target=reader)
    watch.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    watch.join()
    seen.after = resident(pid)
    return seen


def describe(name: str, seen: Round, size: int) -> str:
    people = len(seen.seconds)
    return (
        f"| {name} | {people} | {len(seen.errors)} | {seen.asked_back} "
        f"| {statistics.median(seen.seconds):.1f} s | "
        f"{max(seen.seconds):.1f} s | {people * size / max(seen.seconds) / MIB:.0f} MB/s | "
        f"{statistics.median(seen.pages) * 1000:.0f} / {max(seen.pages) * 1000:.0f} ms | "
        f"{seen.peak / MIB:.0f} / {seen.after / MIB:.0f} MB |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--megabytes", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--write", action="store_true", help="write the section of docs/portal-figures.md")
    args = parser.parse_args()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        print(line, flush=True)

    size = args.megabytes * MIB
    with tempfile.TemporaryDirectory() as folder:
        portal = Hotline(Path(folder), DISRUPT_BEHIND_PROXY="1")
        try:
            portal.start("portal")
            idle = resident(portal.pid("portal"))
            rounds, sent = [], []
            say(f"The portal at rest: {idle / MIB:.0f} MB\n")
            say(
                "| round | people | errors | asked back | median | slowest | together "
                "| a page meanwhile (median / worst) | memory (peak / after) |\n" + "|---" * 9 + "|"
            )
            for number in range(args.rounds):
                files = [os.urandom(size) for _ in range(args.people)]
                sent += files
                rounds.append(one_round(portal, files, by_script))
                say(describe(f"script {number + 1}", rounds[-1], size))
            form = one_round(portal, [os.urandom(size) for _ in range(args.people)], by_form)
            say(describe("form", form, size))
            errors = [*form.errors, *(error for one in rounds for error in one.errors)]
            if contents(portal) != {hashlib.sha256(file).hexdigest(): size for file in sent}:
                errors.append("the bytes differ")
        finally:
            portal.stop()
    grown = rounds[-1].after - rounds[len(rounds) // 2].after
    say(
        f"\nMemory after the last round: {grown / MIB:+.0f} MB compared with the middle one, "
        f"{(rounds[-1].after - rounds[0].after) / MIB:+.0f} MB with the first. Errors: {errors or 'none'}."
    )
    if args.write:
        write_section("Fifty people deposit at once", "\n".join(said))
    return 1 if errors or grown > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
