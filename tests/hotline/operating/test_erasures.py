"""What was taken back after a backup is taken back again, by a list that names nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from tests.hotline.conftest import MakeCase
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user

from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.models import Case, Item, LedgerEvent
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.withdrawing import withdraw_item
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import create_partner, issue_key, revoke_key, turn_over
from disrupt.hotline.operating.backup import ending, erasures, lost, seals
from disrupt.hotline.operating.backup.erasures import Journal
from disrupt.hotline.review.people import invitations

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "apart" / "erasures.log"


def _write(journal: Journal) -> int:
    due = list(journal.due())
    for pk in due:
        journal.add(pk)
    return len(due)


def test_each_is_written_once(make_case: MakeCase, path: Path) -> None:
    case = make_case(urls=("https://forum.example/a", "https://forum.example/b"))
    journal = Journal(path)
    assert _write(journal) == 0
    withdraw_item(case.items.all()[0])
    assert _write(journal) == 1
    assert _write(journal) == 0
    assert _write(Journal(path)) == 0
    erase_case(Case.objects.get(pk=case.pk))
    assert _write(Journal(path)) == 2  # the case, and its other item
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_names_nothing(make_case: MakeCase, path: Path) -> None:
    case = make_case(urls=("https://forum.example/a",))
    erase_case(case)
    _write(Journal(path))
    text = path.read_text()
    assert {at.time() for at, _line in seals.read_list(path)} == {dt.time()}, "nor a moment"
    for secret in (case.pk, case.pk.hex, case.reference, case.items.get().pk, "item", "case", "forum"):
        assert str(secret) not in text


def test_what_commits_late_is_found(make_case: MakeCase, path: Path) -> None:
    case = make_case(urls=("https://forum.example/a", "https://forum.example/b"))
    first, second = case.items.all()
    withdraw_item(first)
    journal = Journal(path)
    _write(journal)
    withdraw_item(second)
    LedgerEvent.objects.filter(item=second, kind="item.withdrawn").update(
        at=clock.now() - dt.timedelta(minutes=50)
    )
    assert _write(journal) == 1


def test_a_torn_line_is_passed_over(make_case: MakeCase, path: Path) -> None:
    case = make_case(urls=("https://forum.example/a",))
    withdraw_item(case.items.get())
    path.parent.mkdir()
    path.write_text("2026-11-29T12:00:00+00:00 abc\nrubbish\n")
    assert _write(Journal(path)) == 1
    assert len(list(seals.read_list(path))) == 1


def test_old_lines_go_when_no_backup_can_bring_them_back(
    make_case: MakeCase, path: Path, settings: Any
) -> None:
    case = make_case(urls=("https://forum.example/a", "https://forum.example/b"))
    first, second = case.items.all()
    withdraw_item(first)
    _write(Journal(path))
    clock.move(settings.KEEP_BACKUPS + dt.timedelta(days=2))
    withdraw_item(second)
    journal = Journal(path)
    _write(journal)
    assert journal.shorten() == 1
    path.unlink()
    assert _write(Journal(path)) == 1, "nor does a new list begin with them"


def test_an_older_copy_takes_back_again_what_was_taken_back(make_case: MakeCase, path: Path) -> None:
    taken, kept, gone = (make_case(urls=("https://forum.example/a",)) for _ in range(3))
    lines = {erasures.digest("item.taken_off", taken.items.get().pk), erasures.digest("case.erased", gone.pk)}
    path.parent.mkdir()
    path.write_text("".join(f"2026-11-29T12:00:00+00:00 {line}\n" for line in lines))
    assert erasures.do_again(path) == {"withdrawn": 1, "erased": 1}
    assert Item.objects.get(case=taken).state == ItemState.WITHDRAWN
    assert LedgerEvent.objects.get(case=taken, kind="item.taken_off").actor == "restore"
    assert Item.objects.get(case=kept).state == ItemState.RECEIVED
    assert Case.objects.get(pk=gone.pk).lookup.startswith("erased:")
    assert erasures.do_again(path) == {"withdrawn": 0, "erased": 0}


def test_who_sent_what_is_lost_is_told_once(make_case: MakeCase) -> None:
    lost_one, whole = make_case(files=(b"x",), language="fr"), make_case(files=(b"y",))
    vault.destroy(VaultId(lost_one.items.get().vault_id))
    assert lost.tell_of_lost_content() == {"contents": 1, "texts": 0, "told": 1}
    assert lost.tell_of_lost_content()["told"] == 0
    assert (lost_one.messages.count(), whole.messages.count()) == (1, 0)


def _events(*words: tuple[str, dict[str, Any]]) -> None:
    with transaction.atomic():
        for kind, data in words:
            audit.record(kind, OPERATOR, data)


def test_what_was_taken_from_somebody_stays_taken(path: Path, make_user: MakeUser) -> None:
    """A stolen key, a suspended partner, a closed account, a role, a password that was replaced."""
    one, two = create_partner("Platform One", OPERATOR), create_partner("Platform Two", OPERATOR)
    stolen, kept = (issue_key(one, (Scope.FEED_READ,), OPERATOR)[0] for _ in range(2))
    rotated = issue_key(one, (Scope.FEED_READ,), OPERATOR)[0]
    left, demoted, changed, stays = (make_user(name) for name in ("left", "demoted", "changed", "stays"))
    demoted.groups.add(Group.objects.get_or_create(name="lead")[0])
    path.parent.mkdir()
    journal = Journal(path)
    assert _write(journal) == 0
    _events(
        ("exchange.key-revoked", {"partner": one.name, "key": stolen.prefix}),
        ("exchange.key-rotated", {"partner": one.name, "old": rotated.prefix, "new": kept.prefix}),
        ("exchange.partner-suspended", {"partner": two.name}),
        ("account.disable", {"account": left.pk}),
        ("account.revoke", {"account": demoted.pk, "role": "lead"}),
        ("account.password", {"account": changed.pk}),
        ("account.grant", {"account": stays.pk, "role": "lead"}),
    )
    assert _write(journal) == 6
    assert _write(Journal(path)) == 0
    for secret in (stolen.prefix, one.name, "account", "key"):
        assert secret not in path.read_text()

    # The database is as it was before: the older copy.
    assert ending.take_again(erasures.taken_since(path), erasures.RESTORE) == 6
    ended = ApiKey.objects.exclude(revoked_at=None).values_list("prefix", flat=True)
    assert set(ended) == {stolen.prefix, rotated.prefix}
    assert list(Partner.objects.filter(active=False)) == [two]
    assert list(User.objects.filter(is_active=False)) == [left]
    assert not User.objects.get(pk=demoted.pk).groups.filter(name="lead").exists()
    for user, usable in ((left, False), (demoted, True), (changed, False), (stays, True)):
        assert User.objects.get(pk=user.pk).has_usable_password() is usable
        assert Authenticator.objects.filter(user=user).exists() is usable
    assert ending.take_again(erasures.taken_since(path), erasures.RESTORE) == 0


def test_a_key_that_its_partner_replaced_stays_ended(path: Path) -> None:
    """The exchange writes no line of the audit log: its own log says it, once for both."""
    old = issue_key(create_partner("Platform One", OPERATOR), (Scope.KEY_ROTATE,), OPERATOR)[0]
    by_us = issue_key(old.partner, (Scope.FEED_READ,), OPERATOR)[0]
    path.parent.mkdir()
    turn_over(old)
    revoke_key(by_us, OPERATOR)
    assert _write(Journal(path)) == 2
    ApiKey.objects.exclude(pk__in=(old.pk, by_us.pk)).delete()
    ApiKey.objects.update(revoked_at=None)
    assert ending.take_again(erasures.taken_since(path), erasures.RESTORE) == 2
    assert not ApiKey.objects.filter(revoked_at=None).exists()


def test_sessions_and_invitations_of_the_copy_end(make_user: MakeUser) -> None:
    client = Client()
    client.force_login(make_user("alice"))
    link = invitations.invite("bob", "analyst", OPERATOR)
    assert ending.close_doors(erasures.RESTORE, 0) == 1
    assert not Session.objects.exists()
    with pytest.raises(invitations.NoInvitation):
        invitations.of(link)
    event = AuditEvent.objects.latest("number")
    assert (event.kind, event.actor, event.data) == ("restored", "restore", {"taken_again": 0, "sessions": 1})
