"""Contents in an S3-compatible store that keeps every version: sealed, whole, and gone for certain."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from tests.functional.servers import free_port
from tests.hotline.conftest import MakeCase
from tests.waiting import until

from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.outbound.buckets import BucketFailed
from disrupt.hotline.common.store import beside, growing, vault
from disrupt.hotline.common.store.growing import Growing, KeptAlready
from disrupt.hotline.common.store.sealing import CHUNK, SealBroken
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.operating.rotating import review

CANARY = b"canary-of-the-bucket" * 9000
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that speaks S3, on loopback."""
    url = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", url.rpartition(":")[2]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/moto-api/").status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(answers, "the server answers")
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def there(server: str, settings: Any, request: pytest.FixtureRequest) -> Any:
    """A client of the test's own, and an empty bucket with versions in which contents are kept."""
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="s",
        config=Config(s3={"addressing_style": "path"}),
    )  # fmt: skip
    name = f"contents-{abs(hash(request.node.name))}"
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    settings.S3_URL, settings.S3_BUCKET, settings.S3_ACCOUNT, settings.S3_SECRET = server, name, "a", "s"
    return client


def held(client: Any, settings: Any) -> list[tuple[str, bytes]]:
    """Every version of every object, and each mark of a deletion."""
    said = client.list_object_versions(Bucket=settings.S3_BUCKET)
    versions = [
        (
            one["Key"],
            client.get_object(Bucket=settings.S3_BUCKET, Key=one["Key"], VersionId=one["VersionId"])[
                "Body"
            ].read(),
        )
        for one in said.get("Versions", ())
    ]
    return versions + [(one["Key"], b"") for one in said.get("DeleteMarkers", ())]


def files(settings: Any) -> list[Path]:
    return [p for p in settings.STORE_FOLDER.rglob("*") if p.is_file()]


def in_pieces(plain: bytes) -> VaultId:
    vault_id, mark = growing.begin(len(plain))
    for start in range(0, len(plain), CHUNK):
        with Growing(vault_id, mark) as content:
            content.write(plain[start : start + CHUNK])
            content.sync()
            mark = content.mark
    with Growing(vault_id, mark) as content:
        return content.keep()


def test_what_is_kept_is_sealed_whole_and_nowhere_else(there: Any, settings: Any) -> None:
    one, other = vault.deposit([CANARY]), in_pieces(CANARY)
    assert files(settings) == []
    objects = dict(held(there, settings))
    assert set(objects) == {one, other}
    for vault_id in (one, other):
        assert b"canary" not in objects[vault_id]
        assert vault.sealed_key(vault_id)[:32] not in objects[vault_id], "no key goes along"
        assert vault.read_content(vault_id) == CANARY
        assert vault.is_whole(vault_id)
    assert beside.unseal(one, beside.seal(one, b"sketch")) == b"sketch"
    assert {name for name, _at in vault.stored_ids()} == {one, other}
    with pytest.raises(KeptAlready):
        Growing(other, growing.Mark(0, 0, 0, b"")).__enter__()


def test_destroying_takes_every_version(there: Any, settings: Any) -> None:
    vault_id = vault.deposit([CANARY])
    sealed = held(there, settings)[0][1]
    there.put_object(Bucket=settings.S3_BUCKET, Key=vault_id, Body=sealed)
    there.delete_object(Bucket=settings.S3_BUCKET, Key=vault_id)
    assert len(held(there, settings)) == 3
    other = vault.deposit([b"stays"])
    receipt = vault.destroy(vault_id)
    assert receipt.key_absent
    assert receipt.ciphertext_absent
    assert [name for name, _data in held(there, settings)] == [other]
    assert not vault.exists(vault_id)
    assert vault.destroy(vault_id).ciphertext_bytes == 0
    with pytest.raises(vault.ContentDestroyed):
        vault.read_content(vault_id)
    assert vault.destroy(other).ciphertext_bytes > 5


def test_what_was_in_the_folder_before_is_still_found(there: Any, settings: Any) -> None:
    bucket, settings.S3_BUCKET = settings.S3_BUCKET, ""
    before = vault.deposit([b"before"])
    settings.S3_BUCKET = bucket
    assert vault.read_content(before) == b"before"
    assert vault.destroy(before).ciphertext_bytes > 0
    assert files(settings) == []


def test_an_altered_object_does_not_open(there: Any, settings: Any) -> None:
    vault_id = vault.deposit([os.urandom(2 * CHUNK)])
    ((_name, sealed),) = held(there, settings)
    for altered in (sealed[:-1], sealed[:40] + b"x" + sealed[41:], sealed + b"x", b""):
        there.put_object(Bucket=settings.S3_BUCKET, Key=vault_id, Body=altered)
        with pytest.raises(SealBroken):
            vault.read_content(vault_id)


def test_a_store_that_is_away_loses_nothing(there: Any, settings: Any) -> None:
    kept = vault.deposit([b"kept"])
    vault_id, mark = growing.begin(3)
    url, settings.S3_URL = settings.S3_URL, f"http://127.0.0.1:{free_port()}"
    with pytest.raises(BucketFailed, match="does not answer"):
        vault.deposit([b"new"])
    assert [path.suffix for path in files(settings)] == [".part"], "of what is dropped nothing stays"
    with Growing(vault_id, mark) as content:
        content.write(b"new")
        with pytest.raises(BucketFailed):
            content.keep()
        mark = content.mark
    with pytest.raises(BucketFailed):
        vault.destroy(kept)
    assert not vault.has_key(kept), "nobody opens it any more"
    settings.S3_URL = url
    with Growing(vault_id, mark) as content:
        assert vault.read_content(content.keep()) == b"new"
    assert vault.destroy(kept).ciphertext_absent
    assert [name for name, _data in held(there, settings)] == [vault_id]


def test_a_store_that_refuses_says_so_without_a_name(there: Any, settings: Any) -> None:
    settings.S3_BUCKET = "no-such-bucket"
    with pytest.raises(BucketFailed) as told:
        vault.deposit([b"x"])
    assert str(told.value) == "The store answered NoSuchBucket."


@pytest.mark.django_db
def test_a_new_review_key_seals_anew_what_is_there(
    there: Any, settings: Any, make_case: MakeCase, tmp_path: Path
) -> None:
    from disrupt.hotline.common import clock, keys

    settings.KEYS_FOLDER = tmp_path / "keys"
    keys.create_all(settings.KEYS_FOLDER)
    item = make_case(files=(b"whole",)).items.get()
    pieces = in_pieces(b"pieces")
    other = make_case(files=(b"x",)).items.get()
    vault.destroy(VaultId(other.vault_id))
    Item.objects.filter(pk=other.pk).update(vault_id=pieces)
    review.begin(settings.KEYS_FOLDER, clock.true_now())
    assert review.seal_anew().contents == 1
    review.finish(settings.KEYS_FOLDER)
    for one, plain in ((item, b"whole"), (other, b"pieces")):
        one.refresh_from_db()
        assert vault.read_content(VaultId(one.vault_id)) == plain
    assert pieces not in dict(held(there, settings))
