"""Each analyst says how contents are shown, and what is left to others; nobody is asked why."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import jpeg
from tests.hotline.review.pages import decision, film, item_path, page, preview_path

from disrupt.hotline.cases.models import AgeWhenTaken, LedgerEvent, PersonAge
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review.models import Claim, LookPreference

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
USUAL = {"tint": "grey", "blur": "usual"}


def prefer(client: Client, **chosen: Any) -> None:
    assert client.post("/looks/", USUAL | chosen)["Location"] == "/looks/"


def size(client: Client, html: str) -> int:
    return max(Image.open(io.BytesIO(client.get(preview_path(html)).content)).size)


def test_a_content_is_shown_as_one_chose(as_alice: Client, make_case: Any, make_user: MakeUser) -> None:
    path = item_path(make_case(files=(jpeg(side=900),)))
    assert '<main id="main" tabindex="-1" class="wide grey">' in page(as_alice, path)
    prefer(as_alice, tint="sepia", small="on", soft="on", blur="asked")
    html = page(as_alice, path)
    assert 'class="wide sepia soft"' in html
    assert preview_path(html) == "", "nothing until it is asked for"
    as_alice.post(f"{path}show/", {"mode": "blurred"})
    assert size(as_alice, page(as_alice, path)) <= 320
    as_alice.post(f"{path}show/", {"mode": "clear"})
    html = page(as_alice, path)
    assert "Show large" in html
    assert size(as_alice, html) <= 320, "small, also unblurred"
    as_alice.post(f"{path}show/", {"mode": "large"})
    html = page(as_alice, path)
    assert "Show large" not in html
    assert size(as_alice, html) > 320
    assert LedgerEvent.objects.filter(kind="content.viewed").count() == 2, "each is a look"
    bob = signed_in(make_user("bob"))
    assert 'class="wide grey"' in page(bob, path), "it is alice's own"


def test_a_strong_blur_is_one(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(files=(jpeg(side=900),)))
    usual = as_alice.get(preview_path(page(as_alice, path))).content
    prefer(as_alice, blur="strong")
    strong = as_alice.get(preview_path(page(as_alice, path))).content
    edges = [
        sum(abs(a - b) for a, b in itertools.pairwise(row))
        for row in (list(Image.open(io.BytesIO(one)).convert("L").tobytes()) for one in (usual, strong))
    ]
    assert edges[1] < edges[0]


def test_of_a_film_the_stills_come_first(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(files=(film(),)))
    assert 'alt="The content, blurred"' in page(as_alice, path)
    prefer(as_alice, stills="on")
    html = page(as_alice, path)
    assert 'alt="The content, blurred"' not in html
    strip = re.search(r'<img class="strip"[^>]* src="(/previews/[^"]+)"', html)
    assert strip
    assert as_alice.get(strip[1]).status_code == 200
    assert as_alice.session["look"], "it is a look, and timed"


def test_the_house_decides_for_who_chose_nothing(client: Client, make_user: MakeUser, make_case: Any) -> None:
    lead, bob, carol = (
        signed_in(make_user(n, r)) for n, r in (("l", "lead"), ("b", "analyst"), ("c", "analyst"))
    )
    path = item_path(make_case(urls=("https://example.org/a",)))
    prefer(carol, tint="colour")
    prefer(bob, tint="sepia", for_all="1")
    assert not LookPreference.objects.filter(user=None).exists(), "only a lead does"
    bob.post("/looks/", {"as_the_house": "1"})
    prefer(lead, soft="on", for_all="1", left=["minors"])
    assert AuditEvent.objects.get(kind="looking.default").data["soft"] is True
    for who, classes in ((lead, "grey soft"), (bob, "grey soft"), (carol, "colour")):
        assert f'class="wide {classes}"' in page(who, path)
    assert "minors" not in str(AuditEvent.objects.get(kind="looking.default").data)


@pytest.mark.parametrize(
    ("theme", "about"),
    [
        ("minors", {"urls": ("https://a.example/",), "age_when_taken": AgeWhenTaken.UNSURE}),
        ("threats", {"urls": ("https://a.example/",), "threat": True}),
        ("files", {"files": (jpeg(),)}),
    ],
)
def test_what_is_left_to_others_is_not_given(
    as_alice: Client, alice: User, make_user: MakeUser, make_case: Any, theme: str, about: dict[str, Any]
) -> None:
    case, other = make_case(**about), make_case(urls=("https://b.example/",))
    bob = make_user("bob")
    prefer(signed_in(bob), left=[theme])
    assert signed_in(bob).get("/begin/")["Location"] == item_path(other)
    assert "left to others by you" in page(signed_in(bob), "/")
    assert "left to others" not in page(as_alice, "/")
    # Nor is it handed to them, or comes after what they have decided.
    html = page(as_alice, item_path(case))
    assert ">bob</option>" not in html
    as_alice.post(f"/cases/{case.pk}/hand-over/", {"to": bob.pk})
    assert Claim.objects.get(case_id=case.pk).user == alice
    Claim.objects.all().delete()
    done = signed_in(bob).post(item_path(other), decision(next="1"))
    assert done["Location"] == "/"
    assert "Decision" in page(signed_in(bob), item_path(case)), "but they can open it by themselves"


def test_nor_is_a_second_opinion_asked_for(
    as_alice: Client, make_user: MakeUser, make_case: Any, settings: Any
) -> None:
    settings.UNDO_WAIT, settings.SECOND_FIRST = dt.timedelta(minutes=10), 20
    case = make_case(urls=("https://a.example/",))
    decisions.qualify(case.items.get(), "NCII-DIF", analyst(make_user("new").pk), person=PersonAge.MINOR)
    assert case.reference in page(as_alice, "/second/")
    prefer(as_alice, left=["threats", "files"])
    assert case.reference in page(as_alice, "/second/")
    prefer(as_alice, left=["minors"])
    assert case.reference not in page(as_alice, "/second/")


def test_what_everybody_leaves_to_others_is_told(
    as_alice: Client, make_user: MakeUser, make_case: Any
) -> None:
    make_case(urls=("https://a.example/",), threat=True)
    make_case(urls=("https://b.example/",))
    bob = signed_in(make_user("bob"))
    prefer(as_alice, left=["threats", "minors"])
    assert "that nobody is given" not in page(as_alice, "/figures/")
    prefer(bob, left=["threats"])
    assert "1 case waits that nobody is given" in page(as_alice, "/figures/")
    prefer(bob)
    assert "that nobody is given" not in page(as_alice, "/figures/")
