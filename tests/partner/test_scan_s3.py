"""`disrupt scan` of a bucket, over S3's own protocol: `moto`'s server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import jpeg
from tests.partner.serving import SOURCE, free_port
from tests.waiting import until


@pytest.mark.slow
def test_a_bucket(tmp_path: Path) -> None:
    known = photo(1, 320, 240)
    bank_of(tmp_path / "bank", {"known": known})
    url = f"http://127.0.0.1:{free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", url.rpartition(":")[2]],
        **quiet,  # type: ignore[call-overload]
    )
    environment = {
        **os.environ, "PYTHONPATH": str(SOURCE), "FSSPEC_S3_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"}

    def scanned(out: str, *more: str) -> int:
        command = [
            sys.executable,
            "-m",
            "disrupt.cli",
            "scan",
            "--bank",
            str(tmp_path / "bank"),
            "--level",
            "gate",
        ]
        command += ["--out", str(tmp_path / out), *more]
        return subprocess.run(command, env=environment, timeout=300, check=False).returncode

    def answers() -> bool:
        try:
            return client.get("/").status_code == 200
        except httpx.TransportError:
            return False

    try:
        with httpx.Client(base_url=url, headers=signed, timeout=60) as client:
            until(answers)
            assert client.put("/uploads").status_code == 200
            for name, pixels in (
                ("2026/copy.jpg", ImageOps.mirror(Image.fromarray(known))),
                ("b.jpg", photo(2)),
            ):
                assert client.put(f"/uploads/{name}", content=jpeg(pixels)).status_code == 200
            assert scanned("rows", "s3://uploads") == 0
            (tmp_path / "list").write_text("s3://uploads/2026/copy.jpg\ns3://uploads/gone.jpg\n")
            assert scanned("listed", "--list", str(tmp_path / "list")) == 1
    finally:
        server.terminate()
        server.wait(60)

    def actions(name: str) -> dict[str, str]:
        rows = [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]
        return {row["path"]: row["action"] for row in rows}

    assert actions("rows") == {"s3://uploads/2026/copy.jpg": "block", "s3://uploads/b.jpg": "none"}
    assert actions("listed") == {"s3://uploads/2026/copy.jpg": "block", "s3://uploads/gone.jpg": "review"}
