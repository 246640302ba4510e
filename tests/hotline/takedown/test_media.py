"""The pictures of a page are compared with the case's, altered too; a page without them; minors' never."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps
from tests.hotline.common.webhost import WebHost, page
from tests.hotline.processing.working import jpeg

from disrupt.fingerprint import fingerprint_image
from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.models import EntryOrigin
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.processing.prints import of_image
from disrupt.hotline.takedown import targets
from disrupt.hotline.takedown.checks import looking, media
from disrupt.hotline.takedown.models import Check, Concern, Seen, Target

DOOR = Door(pace=pace.Pace(between=dt.timedelta()))


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first decoder that a machine ever starts may compile for longer than a look waits."""
    for _ in range(10):
        if media.is_one(jpeg(9), media.Wanted(frozenset(), (), seen=False)) is not None:
            return


def picture(raw: bytes) -> Any:
    return page(raw, Content_Type="image/jpeg")


def altered(raw: bytes) -> bytes:
    out = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(raw))).resize((180, 180)).save(out, "JPEG", quality=60)
    return out.getvalue()


@pytest.fixture
def host(settings: Any) -> Iterator[WebHost]:
    with WebHost() as one:
        settings.REACHABLE = [f"127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def target(host: WebHost, make_case: Callable[..., Any]) -> Target:
    """An address of a case whose other item is a banked picture."""
    case = make_case(urls=(host.url("/view"),), files=(b"x",))
    url, file = case.items.order_by("position")
    if url.kind != "url":
        url, file = file, url
    offer = of_image(fingerprint_image(jpeg(1), trusted=True))
    bank.offer(offer.prints, "NCII-DIF", EntryOrigin.EXAMINED, file.pk)
    found = targets.target_of(url.url)
    Concern.objects.create(target=found, item=url, category="NCII-DIF", created_at=clock.now())
    return found


def look(target: Target) -> Check:
    Target.objects.filter(pk=target.pk).update(look_at=clock.now())
    check = looking.look(target.pk, DOOR)
    assert check is not None
    return check


@pytest.mark.parametrize("edit", [lambda raw: raw, altered])
def test_the_case_picture_is_known_whatever_the_page_says(
    target: Target, host: WebHost, edit: Callable[[bytes], bytes]
) -> None:
    host.pages |= {
        "/view": page("<title>404 not found</title><img src=/a.jpg><img src=/b.jpg>"),
        "/a.jpg": picture(jpeg(2)),
        "/b.jpg": picture(edit(jpeg(1))),
    }
    check = look(target)
    assert (check.seen, check.sign) == (Seen.LIVE, media.MATCHES)


def test_a_page_without_it_is_gone_only_where_it_was_seen_before(target: Target, host: WebHost) -> None:
    words = "<title>A gallery</title><p>" + "words of its own " * 100
    host.pages |= {"/view": page(words + "<img src=/a.jpg>"), "/a.jpg": picture(jpeg(2))}
    assert look(target).sign == "page"
    host.pages["/a.jpg"] = picture(jpeg(1))
    assert look(target).sign == media.MATCHES
    host.pages["/a.jpg"] = picture(jpeg(2))
    check = look(target)
    assert (check.seen, check.sign) == (Seen.GONE, media.ABSENT)
    host.pages["/a.jpg"] = page("", "403 No")
    assert look(target).sign == "page", "what could not be seen says nothing"
    host.pages["/a.jpg"] = picture(jpeg(2))
    host.pages["/view"] = page(words + "<script src=x></script><img src=/a.jpg>")
    assert look(target).sign == "page", "a script may show it"


def test_the_file_itself(target: Target, host: WebHost) -> None:
    host.pages["/view"] = picture(altered(jpeg(1)))
    assert look(target).sign == media.MATCHES
    host.pages["/view"] = picture(jpeg(3))
    assert look(target).seen == Seen.GONE


def test_minors_pictures_are_not_fetched(target: Target, host: WebHost, settings: Any) -> None:
    host.pages |= {"/view": page("<title>x</title><img src=/b.jpg>" + "w " * 900), "/b.jpg": picture(jpeg(1))}
    Concern.objects.update(category="MIN-CSAM")
    assert look(target).sign == "page"
    assert "/b.jpg" not in [path for _at, path in host.came]
    settings.CHECK_MINORS_MEDIA = True
    assert look(target).sign == media.MATCHES
    settings.CHECK_MEDIA = False
    assert media.wanted_for(target) is None


def test_a_case_without_fingerprints_looks_for_none(target: Target) -> None:
    Item.objects.update(state="withdrawn")
    assert media.wanted_for(target) is None


def test_nothing_of_it_is_written(target: Target, host: WebHost, tmp_path: Path, monkeypatch: Any) -> None:
    raw = jpeg(1)
    host.pages |= {"/view": page("<title>x</title><img src=/b.jpg>"), "/b.jpg": picture(raw)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    look(target)
    assert list(tmp_path.rglob("*")) == []


def test_there_is_a_time_for_all(target: Target, host: WebHost) -> None:
    host.pages["/b.jpg"] = picture(jpeg(2))
    wanted = media.Wanted(frozenset({"0"}), (), seen=False)
    clock_of = iter([0.0, 1.0, media.SECONDS + 1])
    assert media.among([host.url("/b.jpg"), host.url("/c.jpg")], wanted, DOOR, lambda: next(clock_of)) is None
    assert [path for _at, path in host.came] == ["/b.jpg"]
