"""The commands `install` and `grants`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg

from disrupt.hotline.operating.backup import databases
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.installing import doing, grants, plan

NAMES = {"install", "grants"}


def add_to(commands: Any) -> None:
    """Add these commands to the program's."""
    install = commands.add_parser(
        "install",
        help="accounts, units, database roles and the proxy, on Debian",
        description="Needs root, PostgreSQL and nginx (apt install postgresql nginx). Safe to repeat; "
        "what stands in /etc/disrupt/hotline.env is never written over. Nothing is started by it.",
    )
    install.add_argument("--host", required=True, help="the name under which the portal is reached")
    install.add_argument("--dry-run", action="store_true", help="print what would be done, and do nothing")
    install.add_argument(
        "--root",
        type=Path,
        default=Path("/"),
        metavar="DIR",
        help="write files below DIR, run nothing",
    )
    given = commands.add_parser(
        "grants",
        help="give each process's PostgreSQL role its rights, and no others",
        description="Run it as the owner of the tables, after `init`; an upgrade does it by itself. "
        "Safe to repeat: what a role has beside is taken away.",
    )
    given.add_argument("--roles", action="store_true", help="make the roles first (needs CREATEROLE)")
    given.add_argument("--print", action="store_true", dest="show", help="print the SQL and do nothing")


def run(args: argparse.Namespace, places: Places) -> int:
    """Run one of NAMES; return the exit status."""
    if args.command == "install":
        return _install(args)
    if databases.kind_of(places.database) != databases.POSTGRESQL:
        sys.stderr.write("SQLite knows no roles: accounts of their own need PostgreSQL (DISRUPT_DATABASE).\n")
        return 2
    try:
        with databases.connect(places.database, autocommit=True) as connection:
            return _grants(args, connection)
    except (BackupError, psycopg.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _grants(args: argparse.Namespace, connection: psycopg.Connection[Any]) -> int:
    roles = list(grants.make_roles()) if args.roles else []
    if args.show:
        given = grants.grants(connection.info.dbname, grants.tables_of(connection))
        sys.stdout.write("".join(f"{statement};\n" for statement in (*roles, *given)))
        return 0
    for statement in roles:
        connection.execute(statement.encode())
    count = grants.apply(connection)
    sys.stdout.write(f"{count} statements: each process may do its own work, and no other.\n")
    return 0


def _install(args: argparse.Namespace) -> int:
    program = Path(sys.executable).with_name("disrupt-hotline")
    wanted = plan.Wanted(args.host, PurePosixPath(program))
    files, commands = plan.files(wanted), plan.commands()
    if args.dry_run:
        for file in files:
            sys.stdout.write(f"would write {file.path} ({file.mode:04o})\n")
        for command in commands:
            sys.stdout.write(f"would run   {command.why}: {' '.join(command.words)}\n")
        return 0
    here = args.root == Path("/")
    try:
        if here:
            doing.must_fit(program)
        doing.write(args.root, files, _say)
        if here:
            doing.run(commands, _say)
            _say(_NEXT)
    except (doing.InstallError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


_NEXT = """
Now, in this order:
  put the certificate and its key at /etc/disrupt/portal.pem and /etc/disrupt/portal.key
  put the operators' public lines (backup-key) at /etc/disrupt/operators
  edit /etc/disrupt/hotline.env, and let `disrupt-admin manage check` read it
  disrupt-admin manage analyst add NAME
  systemctl disable --now nginx; systemctl start disrupt.target
  disrupt-admin status"""
