"""People who sign in, a mail server, and a case whose reporter may be told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hotline.correspondence.mail import ALICE, JANE, Told
from tests.hotline.people import _no_memory as _no_memory
from tests.hotline.people import alice as alice
from tests.hotline.people import as_alice as as_alice
from tests.hotline.people import english as english
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown.postmaster import postmaster as postmaster

from disrupt.hotline.cases import messages
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import Case, SealedKind
from disrupt.hotline.common.store import vault


@pytest.fixture
def told(make_case: Any) -> Told:
    """A case whose reporter gave an address, and to whom an analyst has written."""

    def make(
        email: str = JANE, *, safe: bool = True, telephone: str = "", news: bool = True, **more: Any
    ) -> Case:
        contacts = [(SealedKind.EMAIL, email, safe), (SealedKind.TELEPHONE, telephone, True)]
        given_ = tuple(Contact(kind, vault.seal(value), ok) for kind, value, ok in contacts if value)
        case: Case = make_case(urls=("https://secret-site.example/a",), contacts=given_, **more)
        if news:
            messages.write(case, "The words of the analyst.", ALICE, "form")
        return case

    return make
