"""Debian's WordPress with MariaDB and PHP's own server, from a folder that nothing was installed into."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.partner.serving import free_port
from tests.waiting import until

HERE = Path(__file__).parent
# Where scripts/apt.sh unpacks it: installed ones would start by themselves.
ROOT = HERE.parents[2] / ".venv" / "wordpress"
_PHP = ("mysqlnd", "mysqli", "gd", "exif", "fileinfo", "tokenizer", "ctype", "iconv")


def is_here() -> bool:
    return (ROOT / "usr/share/wordpress/wp-load.php").exists()


@dataclass(frozen=True)
class WordPress:
    """A site whose owner is signed in."""

    folder: Path
    client: httpx.Client

    @property
    def uploads(self) -> Path:
        return self.folder / "wp-content" / "uploads"

    def upload(self, name: str, content: bytes) -> None:
        """Through the form of the media library, as a person's browser sends it."""
        page = self.client.get("/wp-admin/media-new.php?browser-uploader").text
        word = re.search(r'name="_wpnonce" value="(\w+)"', page)
        assert word is not None, page[:500]
        form = {"_wpnonce": word[1], "post_id": "0", "html-upload": "Upload"}
        sent = self.client.post(
            "/wp-admin/media-new.php", data=form, files={"async-upload": (name, content, "image/jpeg")}
        )
        assert sent.status_code in (200, 302), sent.text[:500]

    def files(self, name: str) -> list[Path]:
        """What WordPress made of an upload: itself, and smaller ones."""
        stem = Path(name).stem
        return sorted(path for path in self.uploads.rglob("*.jpg") if path.name.startswith(stem))

    def shows(self, path: Path) -> bool:
        return self.client.get(f"/{path.relative_to(self.folder)}").status_code == 200


@contextmanager
def wordpress(folder: Path) -> Iterator[WordPress]:
    """Installed anew, by its own code, in this folder."""
    site, port = folder / "wordpress", free_port()
    shutil.copytree(ROOT / "usr/share/wordpress", site, ignore=_broken)
    for path in (site, *site.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copy(HERE / "wordpress_config.php", site / "wp-config.php")
    ini = [f"extension_dir={ROOT}/usr/lib/php/20220829", *(f"extension={one}.so" for one in _PHP)]
    (folder / "php.ini").write_text("\n".join([*ini, "sendmail_path=/bin/true", ""]))
    password, home = secrets.token_hex(16), f"http://127.0.0.1:{port}"
    libraries = f"{ROOT}/usr/lib/x86_64-linux-gnu:{ROOT}/lib/x86_64-linux-gnu"
    env = dict(os.environ, LD_LIBRARY_PATH=libraries, WORDPRESS_SOCKET=f"{folder}/db.sock")
    env |= {"WORDPRESS_HOME": home, "WORDPRESS_PASSWORD": password}
    php = [f"{ROOT}/usr/bin/php8.2", "-c", str(folder / "php.ini")]
    with ExitStack() as stack:
        stack.enter_context(_running(_database(folder), env, folder / "db.log"))
        subprocess.run([*php, str(HERE / "wordpress.php"), str(site)], env=env, check=True, timeout=120)
        server = [*php, "-S", f"127.0.0.1:{port}", "-t", str(site)]
        stack.enter_context(_running(server, env, folder / "php.log"))
        client = stack.enter_context(httpx.Client(base_url=home, timeout=60, follow_redirects=True))
        until(lambda: _answers(client))
        form = {
            "log": "owner",
            "pwd": password,
            "testcookie": "1",
            "redirect_to": f"{home}/wp-admin/upload.php",
        }
        client.cookies.set("wordpress_test_cookie", "WP Cookie check")
        signed = client.post("/wp-login.php", data=form)
        assert "/wp-admin/upload.php" in str(signed.url), signed.text[:500]
        yield WordPress(site, client)


def _broken(folder: str, names: list[str]) -> list[str]:
    """Links to what other packages have, which are not here."""
    return [name for name in names if not Path(folder, name).exists()]


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/wp-login.php").status_code == 200
    except httpx.TransportError:
        return False


def _database(folder: Path) -> list[str]:
    """MariaDB on a socket of this folder, without accounts: nobody else can reach it."""
    data = folder / "db"
    data.mkdir()
    return [
        *(f"{ROOT}/usr/sbin/mariadbd", "--no-defaults", "--skip-grant-tables", "--skip-networking"),
        *(f"--socket={folder}/db.sock", f"--pid-file={folder}/db.pid", f"--datadir={data}"),
        *(f"--basedir={ROOT}/usr", f"--lc-messages-dir={ROOT}/usr/share/mysql"),
        *(
            f"--character-sets-dir={ROOT}/usr/share/mysql/charsets",
            f"--plugin-dir={ROOT}/usr/lib/mysql/plugin",
        ),
        *("--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0"),
        *(["--user=root"] if os.geteuid() == 0 else []),
    ]


@contextmanager
def _running(command: Sequence[str], env: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out)
        try:
            yield
            assert process.poll() is None, log.read_text()[-2000:]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
