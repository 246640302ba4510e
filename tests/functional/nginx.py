"""nginx with the packaged configuration, on free ports and with a certificate made here."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.functional.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = ROOT / "src" / "disrupt" / "hotline" / "operating" / "installing" / "nginx.conf"
HOST = "portal.example.org"
# Where scripts/apt.sh unpacks it: an installed one would start by itself.
UNPACKED = ROOT / ".venv" / "nginx" / "usr" / "sbin" / "nginx"


def binary() -> Path | None:
    found = shutil.which("nginx")
    return UNPACKED if UNPACKED.exists() else Path(found) if found else None


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for HOST that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "portal.pem", folder / "portal.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


class Nginx:
    """The proxy: `https` and `http` are its ports, `context` trusts its certificate; end it with `stop()`."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self.folder, self.https, self.http = folder, free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = make_certificate(folder)
        self.context = ssl.create_default_context(cafile=str(certificate))
        text = PACKAGED.read_text()
        for old, new in {
            "listen 443": f"listen 127.0.0.1:{self.https}",
            "listen 80": f"listen 127.0.0.1:{self.http}",
            "http://127.0.0.1:8000": f"http://127.0.0.1:{upstream}",
            "/etc/ssl/portal.pem": str(certificate),
            "/etc/ssl/portal.key": str(key),
            "/run/nginx.pid": str(folder / "pid"),
            # Where it would keep bodies and answers, if it kept any.
            "access_log off;": f"access_log off; client_body_temp_path {folder}/body;"
            f" proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;"
            f" scgi_temp_path {folder}/s;",
        }.items():
            assert old in text, old
            text = text.replace(old, new)
        (folder / "nginx.conf").write_text("user root;\n" * (os.geteuid() == 0) + text)
        command = [str(binary()), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        self._wait()

    def _wait(self) -> None:
        limit = time.monotonic() + 20
        while not (self.folder / "pid").exists() or not (self.folder / "pid").read_text().strip():
            if self._process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("nginx did not start")
            time.sleep(0.05)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
