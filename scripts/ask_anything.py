"""Runs schemathesis over an exchange of its own: a real process on loopback, a list, and a partner's key.

    python -m venv /tmp/st && /tmp/st/bin/pip install schemathesis
    python -m scripts.ask_anything --st /tmp/st/bin/st --examples 10000

It is no dependency of the project: the suite asks by hypothesis what it can (tests/hotline/exchange/door/
test_any_body.py), and this is for whoever changes an address.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from tests.functional.exchange_scene import FILL
from tests.functional.servers import Hotline

SCOPES = [
    *("exchange:feed:read", "exchange:minors:read", "exchange:declared:read", "exchange:shared:read"),
    *("exchange:derived:read", "exchange:stopncii:read", "exchange:feedback:write", "exchange:hashes:submit"),
    *("exchange:figures:read", "exchange:match:ask", "exchange:match:upload", "exchange:private:ask"),
    "exchange:key:rotate",
]
USUAL = [200, 401, 403, 404, 409, 429]
# What no schema can say, so that a request of the right shape may be refused for its meaning.
REFUSED = {
    "GET /ncmec/v2/entries": "“to” lies ahead",
    "POST /ncmec/v2/entries": "the XML of that protocol is not described in JSON Schema",
    "PUT /ncmec/v2/entries/{member}/{entry}/{sign}/feedback": "the same",
    "GET /stopncii/v1/FetchHashes": "a token lies before the timestamp that it is sent with",
    "GET /tat/api/hash-list/v2/all": "an offset lies before the checkpoint that it is sent with",
    "GET /v1/log": "first lies beyond second",
    "POST /v1/log/witness": "the signature is not of this key",
    "POST /v1/private/evaluate": "what is blinded is no element of ristretto255",
}
# 413: a body of too many records is also too large, and is refused before it is read.
REJECTED = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
BUSY = "POST /v1/match"  # 503 with Retry-After while all places for uploads are taken


def configuration(paths: dict[str, Any], key: str, partner: str) -> str:
    """Who asks, and which refusals are no fault."""
    lines = [
        "continue-on-failure = true",
        *("[auth.openapi.bearer]", f'bearer = "{key}"'),
        *("[auth.openapi.basic]", f'username = "{partner}"', f'password = "{key}"'),
        *("[auth.openapi.functions]", f'api_key = "{key}"'),
    ]
    for path, operations in paths.items():
        for method in operations:
            name = f"{method.upper()} {path}"
            # 422: another request under an Idempotency-Key, of which short ones soon come twice.
            known = USUAL + [400] * (name in REFUSED) + [422] * (method == "post") + [503] * (name == BUSY)
            lines += ["[[operations]]", f"include-name = {json.dumps(name)}"]
            lines += [f"checks.positive_data_acceptance.expected-statuses = {known}"]
            lines += [f"checks.negative_data_rejection.expected-statuses = {REJECTED}"]
            if name == BUSY:
                lines += ["checks.not_a_server_error.expected-statuses = ['2xx', '3xx', '4xx', 503]"]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--st", required=True, help="the command st of schemathesis")
    parser.add_argument("--examples", type=int, default=10_000, help="about so many requests in all")
    parser.add_argument("--report", help="a file for what st says")
    parser.add_argument("more", nargs="*", help="passed on to st run")
    said = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was begun is ended
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hotline = Hotline(folder / "var")
        try:
            hotline.start("exchange")
            return ask(hotline, folder, said)
        finally:
            hotline.stop()


def ask(hotline: Hotline, folder: Path, said: argparse.Namespace) -> int:
    added = hotline.run(
        "manage", "partner", "add", "Platform", "--key-file", str(folder / "key"), "--scopes", *SCOPES
    )
    names = [f"entry {number}" for number in range(30)]
    changes = [["add", one, "image", ""] for one in names] + [
        ["add", "film", "video", ""],
        ["withdraw", names[3]],
    ]
    settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.exchange.settings"}
    subprocess.run(
        [sys.executable, str(FILL)],
        env=hotline.environment | settings, input=json.dumps(changes), text=True, check=True,
    )  # fmt: skip
    config = folder / "schemathesis.toml"
    described = f"{hotline.url('exchange')}/v1/openapi.json"
    paths = httpx.get(described, trust_env=False).json()["paths"]
    config.write_text(configuration(paths, (folder / "key").read_text().strip(), added.stdout.split()[-1]))
    each = said.examples // sum(len(one) for one in paths.values())
    command = [said.st, "--config-file", str(config), "run", described]
    command += ["--max-examples", str(each), "--rate-limit", "auto", "--request-timeout", "120", "--no-color"]
    with open(said.report, "w") if said.report else open("/dev/stdout", "w") as out:  # noqa: PTH123
        asking = subprocess.Popen([*command, *said.more], stdout=out, cwd=folder)
        try:
            ended = asking.wait()
        finally:
            asking.kill()
            asking.wait()
    failed = [line for line in hotline.log("exchange").splitlines() if " failed: " in line]
    print("\n".join(failed) or "nothing failed in the exchange's own log", file=sys.stderr)
    return ended or bool(failed)


if __name__ == "__main__":
    sys.exit(main())
