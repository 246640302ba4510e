"""`disrupt guard` beside real software: a Django site behind nginx, both as examples/guarded has them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageOps
from tests.functional.nginx import binary
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import HOST, PINNED, jpeg, notice, settle, sign
from tests.partner.serving import SOURCE, free_port
from tests.waiting import until

from disrupt.cli import main
from disrupt.partner.guard.home import read

EXAMPLES = Path(__file__).parents[2] / "examples" / "guarded"
ONE, TWO = photo(1, 320, 240), photo(2, 320, 240)


@contextmanager
def process(command: Sequence[str], **environment: str) -> Iterator[None]:
    started = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SOURCE), **environment})
    try:
        yield
        assert started.poll() is None, f"{command[0]} ended by itself"
    finally:
        started.terminate()
        started.wait(60)


def configuration(folder: Path, site: Path, ports: dict[str, int]) -> Path:
    """The example, on free ports and in folders of the test."""
    text = (EXAMPLES / "nginx.conf").read_text()
    temporary = "".join(
        f" {name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{ports['nginx']};",
        "127.0.0.1:8000": f"127.0.0.1:{ports['django']}",
        "127.0.0.1:8011": f"127.0.0.1:{ports['guard']}",
        "/srv/site": str(site),
        "/run/nginx.pid": str(folder / "pid"),
        "access_log off;": f"access_log off;{temporary}",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text("user root;\n" * (os.geteuid() == 0) + text)
    return folder / "nginx.conf"


@pytest.mark.slow
@pytest.mark.skipif(binary() is None, reason="nginx is not here: scripts/apt.sh unpacks it")
def test_uploads_of_a_django_site_behind_nginx(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site, guard, folder = tmp_path / "site", tmp_path / "guard", tmp_path / "nginx"
    for one in (site / "media", folder):
        one.mkdir(parents=True)
    ports = {name: free_port() for name in ("nginx", "django", "guard")}
    (tmp_path / "keys").write_text(PINNED)
    made = ["--host", HOST, "--keys", str(tmp_path / "keys"), "--kind", "django", "--site", str(site)]
    assert main(["guard", "init", str(guard), *made]) == 0
    bank_of(guard / "bank", {"one": ONE})
    endpoint = f"http://127.0.0.1:{ports['nginx']}/disrupt-guard/notices"
    listen = f'listen = "127.0.0.1:{ports["guard"]}"'
    settle(
        read(guard), 'banks = ["bank"]', 'on_match = "hold"', 'on_notice = "hold"', listen,
        f'endpoint = "{endpoint}"',
    )  # fmt: skip
    nginx = [str(binary()), "-p", str(folder), "-c", str(configuration(folder, site, ports))]
    with ExitStack() as stack:
        stack.enter_context(process([*nginx, "-g", "daemon off;"]))
        command = [sys.executable, str(EXAMPLES / "django_site.py"), str(ports["django"])]
        stack.enter_context(process(command, SITE=str(site)))
        stack.enter_context(process([sys.executable, "-m", "disrupt.cli", "guard", "run", str(guard)]))
        base = f"http://127.0.0.1:{ports['nginx']}"
        client = stack.enter_context(httpx.Client(base_url=base, headers={"host": HOST}, timeout=60))

        def status(at: str) -> int:
            try:
                return client.get(at).status_code
            except httpx.TransportError:
                return 0

        def uploaded(name: str, content: bytes) -> str:
            answer = client.post("/upload", files={"file": (name, content, "image/jpeg")})
            assert answer.status_code == 201, answer.text
            at: str = answer.json()["at"]
            return at

        until(lambda: status("/.well-known/disrupt-guard.json") == 200)
        until(lambda: status("/upload") == 400)
        until((guard / "seen.json").exists)
        # Somebody uploads what the bank has, mirrored, and somebody else what nobody knows.
        innocent = uploaded("mine.jpg", jpeg(TWO))
        assert status(innocent) == 200
        copy = uploaded("new.jpg", jpeg(ImageOps.mirror(Image.fromarray(ONE))))
        until(lambda: status(copy) == 404)
        assert status(innocent) == 200
        # A signed notice comes through nginx, and what it names is off; the owner sees it otherwise.
        about = notice(pixels=TWO, addresses=(f"https://{HOST}{innocent}",))
        assert client.post("/disrupt-guard/notices", content=sign(about)).status_code in (200, 202)
        until(lambda: status(innocent) == 404)
        capsys.readouterr()
        assert main(["guard", "undo-notice", str(guard), about.id]) == 0
        assert status(innocent) == 200
