"""Matching as a service under load (`python -m benchmarks.exchange_load --entries 10000000`).

One real exchange process on a loopback port; its list is filled with random hashes in memory (a database of
so many entries would say nothing more about matching), and grows by real entries meanwhile.
`wrk` (apt install wrk) makes the load. Beside the look-ups a second, the processor time that each takes is
told: it does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from tests.functional.servers import Hotline

FIRST = 1 << 20
"""The number of the first random entry; the real ones are numbered after the last."""
SCOPES = ("exchange:match:ask", "exchange:feed:read")
_PART = 1 << 18
_LUA = """
local few = {few}
math.randomseed(os.time())
local function hash()
  local parts = {{}}
  for n = 1, 8 do parts[n] = string.format("%08x", math.random(0, 4294967295)) end
  return table.concat(parts)
end
local bodies = {{}}
for n = 1, {bodies} do
  local looks = {{}}
  for m = 1, few do looks[m] = '{{"pdq":"' .. hash() .. '","quality":100}}' end
  bodies[n] = few == 1 and looks[1] or '{{"look_ups":[' .. table.concat(looks, ",") .. ']}}'
end
local headers = {{["Authorization"] = "Bearer {key}", ["Content-Type"] = "application/json"}}
local at = 0
request = function()
  at = at % #bodies + 1
  return wrk.format("POST", "/v1/match", headers, bodies[at])
end
"""


def fill(entries: int) -> None:
    """Random hashes into the list of this process, which serves next."""
    from django.db import connection

    from disrupt.hotline.bank.models import BankSequence
    from disrupt.hotline.bank.sight import Facts
    from disrupt.hotline.exchange.match.held import _CHUNK, HOLDER
    from disrupt.matching.index import HammingIndex

    chance = np.random.default_rng(1)
    bits = np.empty((entries, 32), np.uint8)
    for start in range(0, entries, _PART):
        bits[start : start + _PART] = np.frombuffer(
            chance.bytes(32 * min(_PART, entries - start)), np.uint8
        ).reshape(-1, 32)
    held = HOLDER.list
    held.index = HammingIndex.from_hashes(
        bits, np.arange(FIRST, FIRST + entries, dtype=np.uint64) << 2, threads=2
    )
    facts = Facts("examined", "", "ADU-DNCI", "image", "FR")
    held._facts, held._numbers, held.seq = [facts], {facts: 0}, FIRST + entries
    # Real entries are numbered after them; what would log these is not there.
    BankSequence.objects.update_or_create(pk=1, defaults={"last": held.seq, "logged": 0})
    connection.close()
    for _ in range((FIRST + entries) // _CHUNK + 1):
        held._entries.append(np.zeros((_CHUNK, 16), np.uint8))
        held._classes.append(np.zeros(_CHUNK, np.uint16))


def serve_filled(bind: str, entries: int) -> None:
    """What the child process does: the exchange, its list filled before it forks."""
    import django

    from disrupt.hotline.processes.server import serve

    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.exchange.settings"
    django.setup()
    fill(entries)
    serve("exchange", bind, 16)


def processor_seconds(pid: int) -> float:
    """Of a process and its children."""
    total = 0
    for one in (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def run_wrk(url: str, script: str, connections: int, seconds: int) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", file.name, url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    scale = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    half = re.search(r"50%\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    done = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    return {
        "done": done,
        "rate": rate,
        "p50": float(half[0]) * scale[half[1]],
        "p99": float(value) * scale[unit],
        "refused": float(wrong[1]) if wrong else 0.0,
    }


def arrivals(hotline: Hotline, stop: threading.Event) -> None:
    """Entries come in meanwhile, a hundred at a time."""
    fill_bank = Path("tests/functional/fill_bank.py")
    environment = hotline.environment | {
        "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.exchange.settings"
    }
    while not stop.is_set():
        names = ",".join(f'["add", "{secrets.token_hex(8)}", "image", ""]' for _ in range(100))
        subprocess.run(
            [sys.executable, str(fill_bank)], env=environment, input=f"[{names}]", text=True, check=True
        )


def first_fetch(base: str, key: str) -> None:
    """The whole list in its binary form: fetched, read, and made an index of."""
    import httpx

    from disrupt.matching.index import HammingIndex
    from disrupt.protocol.binary_list import read_list

    began = time.monotonic()
    headers = {"Authorization": f"Bearer {key}"}
    body = httpx.get(f"{base}/v1/list", headers=headers, timeout=600).raise_for_status().content
    fetched = time.monotonic()
    one = read_list(body)
    read = time.monotonic()
    HammingIndex.from_hashes(one.hashes, one.numbers, threads=2)
    print(
        f"first fetch: {len(one):,} hashes, {len(body) / len(one):.1f} bytes each, {fetched - began:.1f} s; "
        f"read in {read - fetched:.2f} s ({len(one) / (read - fetched):,.0f} a second); "
        f"index made in {time.monotonic() - read:.1f} s",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--serve", metavar="BIND", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve_filled(args.serve, args.entries)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        hotline = Hotline(Path(folder), DISRUPT_LOOK_UPS_A_SECOND="10000000")
        key_file = Path(folder) / "key"
        hotline.run("manage", "partner", "add", "load", "--key-file", str(key_file), "--scopes", *SCOPES)
        bind = f"127.0.0.1:{hotline.ports['exchange']}"
        command = [
            sys.executable,
            "-m",
            "benchmarks.exchange_load",
            "--serve",
            bind,
            "--entries",
            str(args.entries),
        ]
        server = subprocess.Popen(command, env=hotline.environment)
        try:
            return measure(hotline, server.pid, key_file.read_text().strip(), args)
        finally:
            server.terminate()
            server.wait(30)


def measure(hotline: Hotline, pid: int, key: str, args: argparse.Namespace) -> int:
    import httpx

    url = f"{hotline.url('exchange')}/v1/match"
    limit = time.monotonic() + 600
    while time.monotonic() < limit:
        try:
            httpx.post(url, json={"pdq": "0" * 64}, headers={"Authorization": f"Bearer {key}"}, timeout=60)
            break
        except httpx.TransportError:
            time.sleep(1)
    print(f"{args.entries:,} entries; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    first_fetch(hotline.url("exchange"), key)
    stop = threading.Event()
    growing = threading.Thread(target=arrivals, args=(hotline, stop))
    for few, connections, grows in (
        (1, 8, False),
        (1, 8, True),
        (1, 32, False),
        (100, 2, False),
        (1000, 2, False),
    ):
        if grows:
            growing.start()
        script = _LUA.format(few=few, bodies=2000 // few + 8, key=key)
        before = processor_seconds(pid)
        told = run_wrk(url, script, connections, args.seconds)
        spent = (processor_seconds(pid) - before) / max(told["done"] * few, 1)
        print(
            f"{few:>5} a call, {connections:>2} connections{', list growing' if grows else '':<14}: "
            f"{told['rate'] * few:>9,.0f} look-ups/s, p50 {told['p50']:.1f} ms, p99 {told['p99']:.1f} ms, "
            f"{spent * 1e6:.0f} us of processor each, refused {told['refused']:.0f}",
            flush=True,
        )
        if grows:
            stop.set()
            growing.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
