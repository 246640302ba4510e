"""What `status` and `/metrics` say comes from the rows, and nothing in them names a case."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from tests.hotline.conftest import MakeCase

from disrupt.hotline.cases.models import Item, LedgerEvent
from disrupt.hotline.common import clock
from disrupt.hotline.common.models import Pulse
from disrupt.hotline.common.running import pulse
from disrupt.hotline.common.running.pulse import Heart
from disrupt.hotline.common.running.sweep import Duty, Sweep
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.operating import certificates, metrics, screen, status
from disrupt.hotline.operating.alarms import alarms
from disrupt.hotline.processing import lanes

CANARY = "canary-5b1f"


def _fail(key: Any) -> None:
    raise LookupError(f"{CANARY} {key}")


@pytest.mark.django_db
def test_what_waits_is_counted_by_priority_and_age(make_case: MakeCase) -> None:
    for _ in range(2):
        make_case(urls=("https://forum.example/p/1",))
    urgent = make_case(urls=("https://forum.example/p/2",), age_when_taken="minor")
    urgent.created_at -= dt.timedelta(hours=3)
    urgent.save(update_fields=["created_at"])
    seen = status.look()
    assert {row.priority: row.cases for row in seen.waiting} == {1: 2, 0: 1}
    oldest = {row.priority: row.oldest for row in seen.waiting}
    assert dt.timedelta(hours=3) <= oldest[0] < dt.timedelta(hours=3, minutes=1)
    assert (seen.open_cases, seen.cases_in_an_hour, seen.cases_in_a_day) == (3, 2, 3)


@pytest.mark.django_db
def test_what_is_overdue_is_counted(make_case: MakeCase) -> None:
    item = make_case(urls=("https://forum.example/p/1",)).items.get()
    Item.objects.filter(pk=item.pk).update(due_at=clock.now() - dt.timedelta(minutes=5))
    assert status.look().late.items == 0
    Item.objects.filter(pk=item.pk).update(due_at=clock.now() - dt.timedelta(hours=1))
    assert status.look().late.items == 1


@pytest.mark.django_db
def test_a_process_that_falls_silent_is_seen() -> None:
    Heart("worker").beat({"failing": {}})
    Heart("worker/mail").beat({"failing": {}})
    signs = {sign.name: sign for sign in status.look().signs}
    assert (signs["worker"].silent, signs["checker"].silent, signs["worker/mail"].silent) == (
        False,
        True,
        False,
    )
    clock.move(dt.timedelta(minutes=4))
    assert {sign.name for sign in status.look().signs if sign.silent} == {"worker", "worker/mail", "checker"}


@pytest.mark.django_db
def test_a_lane_that_may_take_half_an_hour_is_not_missed_before() -> None:
    assert set(status.SLOW_LANES) == {f"worker/{lanes.LONG}"}
    Heart(f"worker/{lanes.LONG}").beat()
    clock.move(dt.timedelta(minutes=40))
    silent = {sign.name: sign.silent for sign in status.look().signs}
    assert not silent[f"worker/{lanes.LONG}"]


@pytest.mark.django_db
def test_a_lane_of_an_earlier_life_is_not_missed_for_ever() -> None:
    Heart("worker/of-old").beat()
    clock.move(dt.timedelta(hours=1))
    Heart("worker").beat()
    Heart("worker/mail").beat()
    assert [sign.name for sign in status.look().signs] == ["worker", "checker", "worker/mail"]


@pytest.mark.django_db
def test_a_heart_that_beats_often_writes_seldom() -> None:
    heart = Heart("worker")
    heart.beat({"failing": {"a": 1}})
    first = Pulse.objects.get(name="worker")
    heart.beat({"failing": {"a": 2}})
    assert Pulse.objects.get(name="worker").says == first.says


@pytest.mark.django_db
def test_a_life_that_begins_anew_is_seen() -> None:
    Heart("worker").beat()
    clock.move(dt.timedelta(hours=1))
    Heart("worker").beat()
    assert Pulse.objects.get(name="worker").since > clock.now() - dt.timedelta(minutes=1)


@pytest.mark.django_db
def test_a_ledger_that_does_not_verify_is_an_alarm_until_it_does(make_case: MakeCase) -> None:
    event = make_case(urls=("https://forum.example/p/1",)).ledger.order_by("number")[0]
    call_command("verify_ledger", stdout=StringIO())
    assert "ledger" not in {alarm.kind for alarm in alarms(status.look())}
    LedgerEvent.objects.filter(pk=event.pk).update(actor="analyst:9")
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=StringIO(), stderr=StringIO())
    assert "ledger" in {alarm.kind for alarm in alarms(status.look())}
    LedgerEvent.objects.filter(pk=event.pk).update(actor=event.actor)
    call_command("verify_ledger", stdout=StringIO())
    assert "ledger" not in {alarm.kind for alarm in alarms(status.look())}


@pytest.mark.django_db
def test_partners_are_named_with_the_day_of_their_last_key() -> None:
    partner = Partner.objects.create(name="example-platform", created_at=clock.now())
    for number, day in enumerate((dt.date(2026, 11, 2), dt.date(2026, 11, 20), None)):
        ApiKey.objects.create(partner=partner, prefix=f"{number}", digest="", created_at=clock.now(),
                              expires_at=clock.now(), last_used_on=day)  # fmt: skip
    assert status.look().partners == [status.PartnerSync("example-platform", dt.date(2026, 11, 20))]


@pytest.mark.django_db
def test_no_case_is_named_anywhere(make_case: MakeCase) -> None:
    case = make_case(urls=(f"https://{CANARY}.example/p/1",), files=(b"x",))
    item = case.items.first()
    assert item is not None
    sweep = Sweep((Duty("test.fails", lambda: [item.pk], _fail),))
    sweep.once()
    pulse.feel("worker", {"failing": sweep.complaint()})
    seen = status.look()
    raised = alarms(seen)
    pages = metrics.exposition(seen, raised) + screen.render(seen, raised)
    assert "LookupError" in pages
    assert CANARY not in pages
    for secret in (case.pk, case.pk.hex, case.reference, item.pk, item.pk.hex, case.code):  # type: ignore[attr-defined]
        assert str(secret) not in pages
    labels = set(re.findall(r'[{,](\w+)="', metrics.exposition(seen, raised)))
    assert labels <= {"priority", "what", "of", "duty", "kind"}


@pytest.mark.django_db
def test_prometheus_can_read_it(make_case: MakeCase) -> None:
    make_case(urls=("https://forum.example/p/1",))
    page = metrics.exposition(status.look(), [])
    line = re.compile(r'(# TYPE [a-z_]+ gauge|[a-z_]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"]*")*\})? (\S+))')
    for text in page.splitlines():
        match = line.fullmatch(text)
        assert match, text
        if match[4]:
            float(match[4])
    assert 'disrupt_waiting_cases{priority="1"} 1' in page


def _certificate(path: Path, ends: dt.datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hotline.example")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(ends - dt.timedelta(days=90)).not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


def test_the_days_of_a_certificate(tmp_path: Path) -> None:
    now = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
    path = _certificate(tmp_path / "site.pem", now + dt.timedelta(days=10, hours=1))
    assert certificates.days_left(path, now) == 10
    assert certificates.days_left(None, now) is None
    assert certificates.days_left(tmp_path / "missing.pem", now) is None
    path.write_text("not a certificate")
    assert certificates.days_left(path, now) is None
