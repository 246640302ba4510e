"""`manage partner add|list|suspend|resume|key ...`: who may read the exchange, with which keys."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from disrupt.hotline.common import clock
from disrupt.hotline.common.store.files import write_private
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.door.scopes import Scope, UnknownScope, parse_scopes
from disrupt.hotline.exchange.door.secretkeys import KeySecret
from disrupt.hotline.exchange.door.sight import CHOICES, BadSight, checked_sees
from disrupt.hotline.exchange.models import ApiKey, Partner, PartnerKind

_SCOPES = [Scope.FEED_READ, Scope.MINORS_READ, Scope.STOPNCII_READ, Scope.FEEDBACK_WRITE]


class Command(BaseCommand):
    """Add and list partners; issue, rotate and revoke their keys."""

    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="a new partner, with a first key")
        add.add_argument("name")
        add.add_argument("--kind", choices=PartnerKind.values, default=PartnerKind.PLATFORM)
        _key_options(add)
        actions.add_parser("list", help="the partners and their keys (never the secrets)")
        for name in ("suspend", "resume"):
            actions.add_parser(name, help=f"{name} all keys of a partner").add_argument("name")
        named = actions.add_parser("named", help="may the people concerned be told its name? (it has agreed)")
        named.add_argument("name")
        named.add_argument("--no", action="store_true", help="no longer")
        flood = actions.add_parser("flood", help="how many matches of one entry in a day are too many")
        flood.add_argument("name")
        flood.add_argument("matches", type=int, help="0: as the setting says")
        keys = actions.add_parser("key", help="a partner's keys").add_subparsers(
            dest="key_action", required=True
        )
        issue = keys.add_parser("issue", help="one more key")
        issue.add_argument("name")
        _key_options(issue)
        rotate = keys.add_parser("rotate", help="a new key; the old one ends a week later")
        rotate.add_argument("prefix")
        rotate.add_argument("--key-file", type=Path)
        keys.add_parser("revoke", help="end a key now").add_argument("prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        action = options["action"] if options["action"] != "key" else f"key_{options['key_action']}"
        try:
            getattr(self, f"do_{action}")(options)
        except (
            UnknownScope,
            services.PartnerExists,
            services.BadPartnerName,
            services.BadExpiry,
            BadSight,
        ) as error:
            raise CommandError(str(error)) from None

    def do_add(self, options: dict[str, Any]) -> None:
        scopes = parse_scopes(options["scopes"])
        checked_sees({name: options[name] for name in CHOICES})
        _refuse_to_overwrite(options["key_file"])
        partner = services.create_partner(options["name"], services.OPERATOR, PartnerKind(options["kind"]))
        self._issue(partner, scopes, options)
        self.stdout.write(f"subscription key (StopNCII clients): {partner.pk}")

    def do_key_issue(self, options: dict[str, Any]) -> None:
        _refuse_to_overwrite(options["key_file"])
        self._issue(_partner(options["name"]), parse_scopes(options["scopes"]), options)

    def _issue(self, partner: Partner, scopes: tuple[Scope, ...], options: dict[str, Any]) -> None:
        expires = clock.now() + dt.timedelta(days=options["days"])
        sees = {name: options[name] for name in CHOICES}
        key, secret = services.issue_key(partner, scopes, services.OPERATOR, expires, sees)
        self._hand_over(key, secret, options["key_file"])

    def do_key_rotate(self, options: dict[str, Any]) -> None:
        _refuse_to_overwrite(options["key_file"])
        key, secret = services.rotate_key(_key(options["prefix"]), services.OPERATOR)
        self._hand_over(key, secret, options["key_file"])

    def do_key_revoke(self, options: dict[str, Any]) -> None:
        key = _key(options["prefix"])
        services.revoke_key(key, services.OPERATOR)
        self.stdout.write(f"{key} is revoked.")

    def do_suspend(self, options: dict[str, Any]) -> None:
        services.set_active(_partner(options["name"]), False, services.OPERATOR)
        self.stdout.write(f"{options['name']} is suspended.")

    def do_resume(self, options: dict[str, Any]) -> None:
        services.set_active(_partner(options["name"]), True, services.OPERATOR)
        self.stdout.write(f"{options['name']} is let in again.")

    def do_named(self, options: dict[str, Any]) -> None:
        partner, named = _partner(options["name"]), not options["no"]
        services.set_named(partner, named, services.OPERATOR)
        self.stdout.write(f"{partner.name} is {'told by its name' if named else 'named to nobody'}.")

    def do_flood(self, options: dict[str, Any]) -> None:
        partner = _partner(options["name"])
        services.set_flood(partner, max(0, options["matches"]), services.OPERATOR)
        self.stdout.write(f"{partner.name}: {partner.flood_after or 'as the setting says'}.")

    def do_list(self, options: dict[str, Any]) -> None:
        for partner in Partner.objects.prefetch_related("keys"):
            state = "active" if partner.active else "suspended"
            self.stdout.write(f"{partner.name}  {partner.kind}  {state}  {partner.pk}")
            for key in partner.keys.all():
                self.stdout.write(f"  {_line(key)}")

    def _hand_over(self, key: ApiKey, secret: KeySecret, file: Path | None) -> None:
        """The one moment when the secret is seen: in a file of mode 0600, or on the screen."""
        if file is None:
            self.stdout.write(f"key (shown this once): {secret}")
        else:
            write_private(file, f"{secret}\n".encode())
            self.stdout.write(f"key {key} written to {file}")
        self.stdout.write(f"expires: {key.expires_at:%Y-%m-%d}  scopes: {' '.join(key.scopes)}")


def _key_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scopes", nargs="+", default=[str(s) for s in _SCOPES], metavar="SCOPE", help=", ".join(Scope)
    )
    for name in CHOICES:
        parser.add_argument(
            f"--{name}", nargs="+", default=[], metavar="WORD", help="only these (default: all)"
        )
    parser.add_argument("--key-file", type=Path, help="write the key there (mode 0600), not on the screen")
    parser.add_argument("--days", type=int, default=services.LIFETIME.days, help="until it expires")


def _refuse_to_overwrite(file: Path | None) -> None:
    if file is not None and file.exists():
        raise CommandError(f"{file} exists: a key is not written over another file.")


def _partner(name: str) -> Partner:
    partner = Partner.objects.filter(name=name).first()
    if partner is None:
        raise CommandError(f"There is no partner “{name}”: see `partner list`.")
    return partner


def _key(prefix: str) -> ApiKey:
    key = ApiKey.objects.select_related("partner").filter(prefix=prefix).first()
    if key is None:
        raise CommandError(f"There is no key “{prefix}”: see `partner list` (the twelve digits after dsr_).")
    return key


def _line(key: ApiKey) -> str:
    if key.revoked_at:
        state = f"revoked {key.revoked_at:%Y-%m-%d}"
    elif key.expires_at <= clock.now():
        state = f"expired {key.expires_at:%Y-%m-%d}"
    else:
        state = f"until {key.expires_at:%Y-%m-%d}"
    used = f"last used {key.last_used_on}" if key.last_used_on else "never used"
    only = "".join(f"  {name}: {','.join(words)}" for name, words in key.sees.items())
    return f"{key.prefix}  {state}  {used}  {' '.join(key.scopes)}{only}"
