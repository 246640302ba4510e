"""The pages of figures: what they show is what was counted; one's own is one's own."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from benchmarks.years import Year, write
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user

from disrupt.hotline.cases.models import AgeWhenTaken, Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.insight.charts import Series, bars
from disrupt.hotline.insight.overtime import overtime
from disrupt.hotline.insight.periods import Period, period
from disrupt.hotline.review.models import Look
from disrupt.hotline.review.waiting.queueing import target_of
from disrupt.hotline.tally import folding

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(make_user: MakeUser, client: Client) -> Any:
    client.cookies["language"] = "en"
    user = make_user("alice")
    client.force_login(user)
    return user


def test_a_year_over_time_is_what_was_counted(db: None) -> None:
    write([Year(2025, reported=600, processed=400, illegal=230, minors=175, large=23)], sites=12)
    found = overtime(period("2025"), dt.date(2026, 3, 1))
    flow, category, *_others = found.charts
    assert len(flow.rows) == 12
    assert [sum(int(row[n]) for row in flow.rows) for n in (1, 2, 3)] == [600, 400, 230]
    assert sum(int(row[1]) for row in category.rows) == 175
    way, language = found.charts[2:4]
    for chart in (way, language):
        assert [sum(int(row[n]) for row in chart.rows) for n in (1, 2, 3)] == [600, 400, 230]
    assert len(language.rows) == 2
    hosts, times, halves = found.tables
    # Received, decided, found illegal, notified: each is part of what stands before it.
    assert all(int(r) >= int(d) >= int(i) == int(n) > 0 for _site, r, d, i, n in hosts.rows[:3])
    assert sum(int(row[2]) for row in hosts.rows) <= 400
    day, removed = found.charts[6:]
    shares = [int(one) for one in re.findall(r"\d+", day.description)]
    assert shares == sorted(shares, reverse=True), "decided, then told, then gone"
    assert 50 < shares[0] < 80
    for chart in (day, removed):
        assert len(chart.rows) == 12
        assert all(0 <= float(cell.split()[0]) <= 100 for row in chart.rows for cell in row[1:])
    for row in removed.rows:
        ends = [float(cell.split()[0]) for cell in row[1:]]
        assert ends == sorted(ends), "longer is never less"
    assert [row[0] for row in halves.rows] == [row[0] for row in flow.rows]
    assert hosts.rows[0][0].startswith("forum")
    assert [row[1] for row in times.rows] == ["600", "600", "230", "600"]
    assert times.rows[0][2] == "200", "what was not decided is open"


def test_what_happened_a_moment_ago_is_in_it(make_case: Any) -> None:
    make_case(urls=("https://x.com/1", "https://x.com/2"))
    today = folding.following(clock.now().date().replace(day=1)) - dt.timedelta(days=1)
    month = Period("", today.replace(day=1), today.replace(day=1))
    assert overtime(month, clock.now().date()).charts[0].rows[0][1] == "2"


def test_ten_years_are_ten_bars(db: None) -> None:
    found = overtime(Period("all", dt.date(2016, 1, 1), dt.date(2025, 12, 1)), dt.date(2026, 1, 1))
    assert [row[0] for row in found.charts[0].rows] == [str(year) for year in range(2016, 2026)]


def test_a_chart_says_in_words_and_numbers_what_it_draws() -> None:
    chart = bars(
        "n", "Title", "Words", ["a", "b"], [Series("one", [3, 0]), Series("two", [8, 7.5])], first="x"
    )
    assert chart.rows == (("a", "3", "8"), ("b", "0", "7,5"))
    assert [bar.says for bar in chart.bars][:2] == ["a, one: 3", "a, two: 8"]
    highest = max(chart.bars, key=lambda bar: bar.height)
    assert highest.says == "a, two: 8"
    assert all(bar.y + bar.height == pytest.approx(chart.floor, abs=0.2) for bar in chart.bars)
    assert all(chart.left <= bar.x and bar.x + bar.width <= chart.right for bar in chart.bars)


@pytest.mark.parametrize("highest", [0, 1, 2, 3, 5, 9, 11, 13, 21, 41, 61, 99, 750])
def test_there_is_no_half_a_case_on_a_scale(highest: int) -> None:
    chart = bars("n", "Title", "Words", ["a"], [Series("one", [highest])], first="x")
    said = [mark.text for mark in chart.heights]
    assert all(one.replace("\xa0", "").isdigit() for one in said), said
    assert int(said[-1]) >= highest


def test_the_drawings_are_svg_with_title_and_description(client: Client, alice: Any) -> None:
    write([Year(clock.now().year - 1, reported=60, processed=40, illegal=23, minors=17, large=3)], sites=3)
    html = client.get("/figures/time/?period=all").content.decode()
    assert "<script" not in html.split("</head>")[1]
    assert html.count('role="img"') == 8
    for piece in html.split('<svg class="drawn"')[1:]:
        drawn = ET.fromstring("<svg" + piece.split("</svg>")[0] + "</svg>")  # our own page
        assert drawn.findtext("title")
        assert drawn.findtext("desc")
    assert html.count("<details>") == 8
    for odd in ("nonsense", "9999", "²"):
        assert client.get(f"/figures/time/?period={odd}").status_code == 200


def test_today_says_what_waits_and_what_is_late(client: Client, alice: Any, make_case: Any) -> None:
    make_case(urls=("https://x.com/1",), age_when_taken=AgeWhenTaken.MINOR)
    clock.move(dt.timedelta(hours=5))
    case = make_case(urls=("https://x.com/2",))
    qualify(case.items.get(), "NCII-DIF", analyst(alice.pk))
    Look.objects.create(user=alice, item_id=case.items.get().pk, clear=True, at=clock.now(), seconds=61)
    Partner.objects.create(name="Platform One", created_at=clock.now())
    page = client.get("/figures/").content.decode()
    assert '<td class="late">1</td>' in page
    assert "Intimate image shared without consent" in page
    assert "Platform One" in page
    assert "never" in page


def test_what_waits_is_told_by_its_age_against_the_target(client: Client, alice: Any, make_case: Any) -> None:
    """One case of each step, of each priority that there is a target for."""
    now = clock.now()
    for priority in range(5):
        for number, times in enumerate((0.4, 0.6, 1.1, 2.5, 9)):
            case = make_case(urls=(f"https://x.com/{priority}/{number}",))
            Case.objects.filter(pk=case.pk).update(
                priority=priority, created_at=now - target_of(priority) * times
            )
    page = client.get("/figures/").content.decode()
    numbers = '<td>1</td><td>1</td><td class="late">1</td><td class="late">2</td>'
    for priority in range(5):
        assert f"P{priority}</span></th><td>5</td>{numbers}" in page


def test_ones_own_figures_are_ones_own(
    client: Client, alice: Any, make_user: MakeUser, make_case: Any
) -> None:
    bob = make_user("bob")
    for user, n in ((alice, 2), (bob, 5)):
        for _ in range(n):
            item = make_case(urls=(f"https://x.com/{user.pk}",)).items.get()
            qualify(item, "NCII-DIF", analyst(user.pk))
            Look.objects.create(user=user, item_id=item.pk, clear=False, at=clock.now(), seconds=90)
    page = client.get("/figures/mine/").content.decode()
    assert "2 in two weeks." in page
    assert "2 looks, 0 of them unblurred." in page
    # There is no way to ask for anybody else's.
    assert client.get("/figures/mine/?user=2").content.decode().count("2 in two weeks.") == page.count(
        "2 in two weeks."
    )
    assert client.get(f"/figures/mine/{bob.pk}/").status_code == 404
