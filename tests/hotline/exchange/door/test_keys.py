"""Partners and keys: made, used, expired, revoked, rotated; each write leaves a trace, never a secret."""

from __future__ import annotations

import datetime as dt
import io
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from disrupt.hotline.common import clock
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.door import secretkeys
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope, UnknownScope, parse_scopes
from disrupt.hotline.exchange.models import ApiKey, ExchangeEvent, Partner
from disrupt.hotline.exchange.queries import authenticate
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key

FEED = (Scope.FEED_READ,)


def refused(secret: str) -> str:
    with pytest.raises(ApiError) as caught:
        authenticate(secret)
    return caught.value.code


def test_a_key_opens_until_it_expires(partner: Partner) -> None:
    key, secret = issue_key(partner, FEED, OPERATOR)
    assert authenticate(secret).pk == key.pk
    clock.move(services.LIFETIME + dt.timedelta(seconds=1))
    assert refused(secret) == "expired_key"


def test_a_revoked_key_is_refused_at_once_and_once_in_the_trace(partner: Partner) -> None:
    key, secret = issue_key(partner, FEED, OPERATOR)
    services.revoke_key(key, OPERATOR)
    services.revoke_key(key, OPERATOR)
    assert refused(secret) == "revoked_key"
    assert ExchangeEvent.objects.filter(kind="key-revoked").count() == 1


def test_a_suspended_partner_is_refused_and_comes_back(partner: Partner) -> None:
    _, secret = issue_key(partner, FEED, OPERATOR)
    services.set_active(partner, False, OPERATOR)
    assert refused(secret) == "partner_suspended"
    services.set_active(partner, True, OPERATOR)
    authenticate(secret)


def test_rotation_leaves_a_week_to_change_over(partner: Partner) -> None:
    old, old_secret = issue_key(partner, FEED, OPERATOR)
    new, new_secret = services.rotate_key(old, OPERATOR)
    authenticate(old_secret)
    assert new.scopes == old.scopes
    clock.move(dt.timedelta(days=8))
    assert refused(old_secret) == "expired_key"
    authenticate(new_secret)


def test_what_is_wrong_is_told_only_to_who_holds_the_whole_key(partner: Partner) -> None:
    key, secret = issue_key(partner, FEED, OPERATOR)
    services.revoke_key(key, OPERATOR)
    other = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    unknown = secretkeys.make().secret
    for guess in (other, unknown, "", "dsr_", secret + "\n", secret.upper(), secret + "é", "0" * 5000):
        assert refused(guess) == "invalid_key"


def test_unknown_and_wrong_keys_cost_the_same_queries(
    partner: Partner, django_assert_num_queries: Any
) -> None:
    _, secret = issue_key(partner, FEED, OPERATOR)
    for guess in (secret[:-4] + "0000", secretkeys.make().secret, "nonsense"):
        with django_assert_num_queries(1):
            refused(guess)


@pytest.mark.django_db(transaction=True)
def test_the_secret_is_nowhere_in_the_database() -> None:
    partner = create_partner("Platform", OPERATOR)
    key, secret = issue_key(partner, FEED, OPERATOR)
    random_part = secret.rsplit("_", 1)[1]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert random_part not in repr(cursor.fetchall())
    assert key.digest == secretkeys.digest_of(secret)


def test_256_random_bits_in_every_key() -> None:
    made = {secretkeys.make().secret for _ in range(50)}
    assert len(made) == 50
    assert all(len(secret.rsplit("_", 1)[1]) == 64 for secret in made)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "tab\x00", "bell\x07"])
def test_bad_names_are_refused(db: None, name: str) -> None:
    with pytest.raises(services.BadPartnerName):
        create_partner(name, OPERATOR)


def test_two_partners_cannot_share_a_name(partner: Partner) -> None:
    with pytest.raises(services.PartnerExists):
        create_partner(f"  {partner.name} ", OPERATOR)


def test_a_key_that_has_already_expired_is_not_issued(partner: Partner) -> None:
    with pytest.raises(services.BadExpiry):
        issue_key(partner, FEED, OPERATOR, clock.now())


def test_scopes_are_named_and_checked() -> None:
    assert parse_scopes(["exchange:feed:read", "exchange:feed:read"]) == FEED
    with pytest.raises(UnknownScope, match="exchange:feed:read"):
        parse_scopes(["exchange:everything"])
    with pytest.raises(UnknownScope):
        parse_scopes([])


def test_the_day_of_last_use_is_written_once_a_day(partner: Partner, django_assert_num_queries: Any) -> None:
    key, _ = issue_key(partner, FEED, OPERATOR)
    services.note_use(key)
    key.refresh_from_db()
    assert key.last_used_on == clock.now().date()
    with django_assert_num_queries(0):
        services.note_use(key)


def manage(*args: str) -> str:
    out = io.StringIO()
    call_command("partner", *args, stdout=out)
    return out.getvalue()


def test_the_command_writes_a_private_key_file(db: None, tmp_path: Path) -> None:
    file = tmp_path / "key"
    said = manage("add", "Platform Two", "--key-file", str(file), "--scopes", "exchange:feed:read")
    secret = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret not in said
    assert authenticate(secret).scopes == ["exchange:feed:read"]
    with pytest.raises(CommandError, match="exists"):
        manage("add", "Platform Three", "--key-file", str(file))
    assert not Partner.objects.filter(name="Platform Three").exists()


def test_the_command_lists_rotates_revokes_and_suspends(db: None) -> None:
    said = manage("add", "Platform Two")
    secret = next(word for word in said.split() if word.startswith("dsr_"))
    prefix = secretkeys.prefix_of(secret) or ""
    listed = manage("list")
    assert prefix in listed
    assert secret not in listed
    assert "never used" in listed
    rotated = manage("key", "rotate", prefix)
    fresh = next(word for word in rotated.split() if word.startswith("dsr_"))
    manage("key", "revoke", prefix)
    assert refused(secret) == "revoked_key"
    manage("suspend", "Platform Two")
    assert refused(fresh) == "partner_suspended"
    manage("resume", "Platform Two")
    authenticate(fresh)
    assert ApiKey.objects.count() == 2
    assert "revoked" in manage("list")
    for wrong in (("suspend", "Nobody"), ("key", "revoke", "0" * 12), ("add", "P", "--scopes", "x:y:z")):
        with pytest.raises(CommandError):
            manage(*wrong)


def test_every_write_leaves_an_event_without_a_secret(partner: Partner) -> None:
    key, secret = issue_key(partner, FEED, OPERATOR)
    services.rotate_key(key, OPERATOR)
    services.revoke_key(key, OPERATOR)
    services.set_active(partner, False, OPERATOR)
    kinds = list(ExchangeEvent.objects.values_list("kind", flat=True))
    assert kinds == [
        "partner-created",
        "key-issued",
        "key-issued",
        "key-rotated",
        "key-revoked",
        "partner-suspended",
    ]
    assert secret not in repr(list(ExchangeEvent.objects.values()))
