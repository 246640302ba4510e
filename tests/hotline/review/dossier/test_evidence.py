"""The evidence file of a case: two people, everything that was done, nothing that was said or shown."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import accept, jpeg, work
from tests.hotline.review.pages import page

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import Case, LedgerEvent, SealedKind
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.review.dossier import evidence
from disrupt.hotline.review.models import EvidenceRequest
from disrupt.hotline.review.services import record_view

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WORDS, MAIL = "canary words of the person", "canary@example.org"


@pytest.fixture
def case(make_case: Any) -> Case:
    made: Case = make_case(
        urls=("https://example.org/a",),
        files=(jpeg(95),),
        description=vault.seal(WORDS),
        contacts=(Contact(SealedKind.EMAIL, vault.seal(MAIL), safe=True),),
    )
    for item in made.items.all():
        accept(item, reasoning="seen by an analyst")
    work()
    return made


@pytest.fixture
def lead(make_user: MakeUser) -> User:
    return make_user("lena", "lead")


def asked(client: Client, case: Case) -> EvidenceRequest:
    client.post(f"/cases/{case.pk}/evidence/", {"motive": "police"})
    return EvidenceRequest.objects.get()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def test_two_people_make_it_and_it_is_whole_and_signed(
    as_alice: Client, alice: User, lead: User, case: Case
) -> None:
    assert "Evidence file" in page(as_alice, f"/cases/{case.pk}/")
    request = asked(as_alice, case)
    assert "waits for somebody else" in page(as_alice, f"/cases/{case.pk}/evidence/")
    as_lena = signed_in(lead)
    assert "Allow" in page(as_lena, f"/cases/{case.pk}/evidence/")
    as_lena.post(f"/evidence/{request.pk}/allow/")
    before = list(case.ledger.order_by("number"))
    response = as_alice.post(f"/evidence/{request.pk}/file/")
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "no-store"
    parts = unzipped(response.content)
    sums = parts["SHA256SUMS"].decode()
    listed = dict(reversed(line.split("  ")) for line in sums.splitlines())
    assert set(listed) == set(parts) - {"SHA256SUMS", "SHA256SUMS.sig"}
    assert all(hashlib.sha256(parts[name]).hexdigest() == digest for name, digest in listed.items())
    public = VerifyKey(bytes(keys.evidence_key().verify_key))
    public.verify(sums.encode(), base64.b64decode(parts["SHA256SUMS.sig"]))
    with pytest.raises(BadSignatureError):
        public.verify(sums.encode() + b" ", base64.b64decode(parts["SHA256SUMS.sig"]))
    assert bytes(public).hex() in parts["README.txt"].decode()
    said = json.loads(parts["case.json"])
    assert said["items"][0]["address"] == "https://example.org/a"
    assert said["items"][0]["decisions"][0]["reasoning"] == "seen by an analyst"
    assert len(said["items"][1]["sha256"]) == 64
    events = [json.loads(line) for line in parts["ledger.jsonl"].splitlines()]
    assert [event["digest"] for event in events] == [event.digest for event in before]
    for event in events:
        row = [event["previous"], event["case_id"], event["number"], event["at"], event["actor"]]
        row += [event["kind"], event["item_id"] or "", event["data"]]
        canonical = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == event["digest"]
    kinds = list(case.ledger.order_by("number").values_list("kind", flat=True))[-3:]
    assert kinds == ["evidence.asked", "evidence.allowed", "evidence.made"]
    made = case.ledger.order_by("number").last()
    assert made
    assert made.data["sha256sums"] == hashlib.sha256(sums.encode()).hexdigest()
    ledger.verify(case)
    everything = b"".join(parts.values())
    for secret in (WORDS.encode(), MAIL.encode(), jpeg(95)[:64]):
        assert secret not in everything


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_document_says_it_in_words(
    alice: User, lead: User, case: Case, tmp_path: Path, language: str
) -> None:
    record_view(case.items.get(position=2), analyst(alice.pk), "decide")
    request = evidence.ask(case, alice, "court")
    evidence.allow(request, lead)
    request.refresh_from_db()
    with translation.override(language):
        parts = unzipped(evidence.make(request, alice))
    path = tmp_path / "evidence.pdf"
    path.write_bytes(parts["evidence.pdf"])
    raw = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout
    text = " ".join(raw.split())
    digest = json.loads(parts["case.json"])["items"][1]["sha256"]
    allowed = case.ledger.get(kind="evidence.allowed")
    looked = {"fr": "Contenu regardé", "en": "Content looked at"}[language]
    for said in (
        case.reference,
        "https://example.org/a",
        digest,
        "seen by an analyst",
        looked,
        allowed.digest,
    ):
        assert said in text, said
    assert "evidence.asked" in text
    for secret in (WORDS, MAIL, "alice"):
        assert secret not in text


def test_nobody_makes_it_alone(as_alice: Client, lead: User, case: Case, make_user: MakeUser) -> None:
    as_lena = signed_in(lead)
    request = asked(as_lena, case)
    for path in ("allow", "file"):
        as_lena.post(f"/evidence/{request.pk}/{path}/")
    request.refresh_from_db()
    assert request.allowed_at is None
    assert as_alice.post(f"/evidence/{request.pk}/allow/").status_code == 403
    other = make_user("olaf", "lead")
    signed_in(other).post(f"/evidence/{request.pk}/allow/")
    assert as_alice.post(f"/evidence/{request.pk}/file/").status_code == 302, "she is none of the two"
    assert as_lena.post(f"/evidence/{request.pk}/file/").status_code == 200
    assert case.ledger.filter(kind="evidence.made").count() == 1


def test_a_request_ends(as_alice: Client, alice: User, lead: User, case: Case) -> None:
    request = asked(as_alice, case)
    clock.move(dt.timedelta(days=8))
    with pytest.raises(evidence.NotAllowed):
        evidence.allow(request, lead)
    late = evidence.ask(case, alice, "court")
    evidence.allow(late, lead)
    with pytest.raises(evidence.NotAllowed):
        evidence.allow(late, lead)
    clock.move(dt.timedelta(hours=25))
    late.refresh_from_db()
    with pytest.raises(evidence.NotAllowed):
        evidence.make(late, alice)


def test_a_motive_is_needed_and_a_broken_ledger_makes_no_evidence(
    as_alice: Client, alice: User, lead: User, case: Case
) -> None:
    assert as_alice.post(f"/cases/{case.pk}/evidence/", {"motive": ""}).status_code == 422
    assert not EvidenceRequest.objects.exists()
    request = evidence.ask(case, alice, "court")
    evidence.allow(request, lead)
    LedgerEvent.objects.filter(case=case, number=2).update(actor="analyst:7")
    response = as_alice.post(f"/evidence/{request.pk}/file/", follow=True)
    assert "does not verify" in response.content.decode()
