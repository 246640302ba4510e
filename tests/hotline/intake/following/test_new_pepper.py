"""Under another pepper, with the portal's rights: a case moves, and a code that waits to be saved opens."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.test_follow import enter, reported

from disrupt.hotline.cases import contacts
from disrupt.hotline.cases.locking import hold_living
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock, keys
from disrupt.hotline.operating.rotating import pepper


def _in_another_browser(pk: uuid.UUID) -> Case:
    """The case as it is once its code was given there."""
    held = hold_living(pk)
    held.public_key = b"\1" * 32
    return held


def test_at_the_portal(person: Person, tmp_path: Path, settings: Any) -> None:
    settings.KEYS_FOLDER = tmp_path / "keys"
    keys.create_all(settings.KEYS_FOLDER)
    code = reported(person, description="Words.", email="a@example.org", email_safe="on")
    person.open_form()
    person.send()
    person.code()
    pepper.begin(settings.KEYS_FOLDER, clock.true_now())
    assert person.post("code/", {"saved": "on"}).status_code == 302, "its code waited to be saved"
    assert person.get("follow/now/").status_code == 200
    enter(person, code)
    person.get("follow/now/contact/")
    assert "a@example.org" in person.html
    address = {"tell": "tell", "email": "b@example.org", "email_safe": "on"}
    with patch.object(contacts, "hold_living", wraps=_in_another_browser):
        assert person.post("follow/now/contact/", address).headers["Location"] == "/en/follow/"
    enter(person, code)
    person.get("follow/now/contact/")
    assert "a@example.org" in person.html
    assert set(Case.objects.values_list("pepper", flat=True)) == {keys.code_pepper().name}
