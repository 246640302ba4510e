"""Fixtures of the hotline's tests: a clock that starts at now, an empty vault, three analysts."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests.hotline.as_role import forget_role
from tests.hotline.static_files import list_once

from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.models import AgeWhenTaken, Case, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.running.sweep import none_has_begun
from disrupt.hotline.common.store import vault

list_once()

ANALYSTS = ("alice", "bob", "charlie")


@pytest.fixture(autouse=True)
def _clean_var(settings: Any) -> Iterator[None]:
    """Each test starts with the true time, in the house's language, with nothing in the vault."""
    translation.deactivate()  # what the last request of another test was answered in
    amendments.know_nothing()
    none_has_begun()
    _empty(settings)  # a test without this may have run before
    yield
    amendments.know_nothing()
    forget_role()
    _empty(settings)


def _empty(settings: Any) -> None:
    Path(settings.CLOCK_FILE).unlink(missing_ok=True)
    for folder in (settings.STORE_FOLDER, settings.KEYSTORE_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def may_seal_only(settings: Any) -> None:
    """This process is the portal: it holds no review key."""
    settings.MAY_OPEN = False


MakeCase = Callable[..., Case]


@pytest.fixture
def make_case(db: None) -> MakeCase:
    """A case as the portal would open it; `files` are plaintext bytes, `code` is set on the case object."""

    def make(urls: tuple[str, ...] = (), files: tuple[bytes, ...] = (), **changes: Any) -> Case:
        deposited = tuple(DepositedFile(vault.deposit([data]), len(data)) for data in files)
        report = Report(
            submission=changes.pop("submission", secrets.token_hex(16)),
            language=changes.pop("language", "en"),
            reporter=Reporter.SELF,
            age_when_taken=changes.pop("age_when_taken", AgeWhenTaken.ADULT),
            urls=urls,
            files=deposited,
            **changes,
        )
        opened = open_case(report)
        opened.case.code = opened.code  # type: ignore[attr-defined]  # for the test's convenience
        return opened.case

    return make
