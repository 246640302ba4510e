"""`manage analyst add|grant|revoke|totp|password|disable|list`: the operator's side of accounts."""

from __future__ import annotations

import os
import secrets
import sys
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from disrupt.hotline.common import audit
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.permissions import ROLES


class Command(BaseCommand):
    help = "Make and manage the accounts of the console."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="make an account; its password and TOTP secret are shown once")
        add.add_argument("name")
        add.add_argument("--role", choices=sorted(set(ROLES) - {"minors"}), default="analyst")
        add.add_argument("--minors", action="store_true", help="may see what may show a minor")
        add.add_argument(
            "--no-totp", action="store_true", help="the person sets up the TOTP at first sign-in"
        )
        for name, text in (
            ("totp", "replace the second factor: a telephone was lost"),
            ("password", "replace the password"),
            ("disable", "close the account; what it did stays in the ledgers"),
        ):
            actions.add_parser(name, help=text).add_argument("name")
        for name, text in (("grant", "give a role"), ("revoke", "take a role away")):
            roles = actions.add_parser(name, help=text)
            roles.add_argument("name")
            roles.add_argument("role", choices=sorted(ROLES))
        actions.add_parser("list", help="all accounts")
        for action in ("add", "password"):
            actions.choices[action].add_argument(
                "--password-stdin",
                action="store_true",
                help="read the password from standard input (or set DISRUPT_ANALYST_PASSWORD)",
            )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)
        if options["action"] != "list":
            said = {"account": self._user(options["name"]).pk}
            said |= {"role": options["role"]} if options.get("role") else {}
            audit.record(f"account.{options['action']}", OPERATOR, said)

    def _user(self, name: str) -> User:
        try:
            return User.objects.get(username=name)
        except User.DoesNotExist:
            raise CommandError(f"There is no account “{name}”; `analyst list` shows all.") from None

    def _set_password(self, user: User, options: dict[str, Any]) -> None:
        given = os.environ.get("DISRUPT_ANALYST_PASSWORD", "")
        if options["password_stdin"]:
            given = sys.stdin.readline().rstrip("\n")
        password = given or secrets.token_urlsafe(15)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(password)
        user.save()
        if not given:
            self.stdout.write(f"password: {password}")

    def _new_totp(self, user: User) -> None:
        Authenticator.objects.filter(user=user).delete()
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        self.stdout.write(f"totp secret: {secret}")
        self.stdout.write(f"totp uri: {get_adapter().build_totp_url(user, secret)}")

    def _add(self, options: dict[str, Any]) -> None:
        if User.objects.filter(username=options["name"]).exists():
            raise CommandError(f"The account “{options['name']}” exists already.")
        user = User(username=options["name"])
        self._set_password(user, options)
        for role in (options["role"], *(["minors"] if options["minors"] else [])):
            user.groups.add(Group.objects.get_or_create(name=role)[0])
        if not options["no_totp"]:
            self._new_totp(user)

    def _grant(self, options: dict[str, Any]) -> None:
        self._user(options["name"]).groups.add(Group.objects.get_or_create(name=options["role"])[0])

    def _revoke(self, options: dict[str, Any]) -> None:
        self._user(options["name"]).groups.remove(Group.objects.get_or_create(name=options["role"])[0])

    def _totp(self, options: dict[str, Any]) -> None:
        self._new_totp(self._user(options["name"]))

    def _password(self, options: dict[str, Any]) -> None:
        self._set_password(self._user(options["name"]), options)

    def _disable(self, options: dict[str, Any]) -> None:
        user = self._user(options["name"])
        user.is_active = False
        user.set_unusable_password()
        user.save()

    def _list(self, options: dict[str, Any]) -> None:
        for user in User.objects.order_by("username"):
            roles = ",".join(user.groups.values_list("name", flat=True))
            self.stdout.write(
                f"{user.pk}\t{user.username}\t{roles}\t{'active' if user.is_active else 'closed'}"
            )
