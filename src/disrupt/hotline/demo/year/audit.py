"""The end of a simulated year: what the accountant is given, what is found, and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from disrupt.hotline.demo.site import Site
from disrupt.hotline.demo.year import accountant, opinions, persons
from disrupt.hotline.demo.year.books import Books, waits
from disrupt.hotline.demo.year.crowd import Crowd
from disrupt.hotline.demo.year.diary import Diary, Line
from disrupt.hotline.demo.year.plan import Person
from disrupt.hotline.demo.year.visits import Visits
from disrupt.hotline.demo.year.wish import Told
from disrupt.hotline.demo.year.world import World, text_of

_AT_ONCE = 4


def listed(plan: Sequence[Person], diary: Diary, before: float) -> list[int]:
    """The pictures that a partner must know: decided illegal before that hour, and wanted still."""
    found = set()
    for person in plan:
        line = diary.of(person.number)
        decided = line.decided_at is not None and line.decided_at <= before
        if decided and line.verdicts.get("file") and not line.withdrew and not line.erased:
            found.add(person.picture)
    return sorted(found)


def close(
    told: Told, crowd: Crowd, books: Books, world: World, site: Site, visits: Visits, portal_killed: int
) -> None:
    """Compare everything, and write it into the report. Raises DemoFailed."""
    diary, key = crowd.diary, visits.platform.key_file.read_text().strip()
    pages = _pages(site.portal, diary)
    on_list = accountant.active(accountant.feed(site.exchange, key))
    mail = world.mailbox.messages
    judge = accountant.Accountant(diary, map(text_of, mail), on_list, lambda line: pages[line.person])
    found = judge.judge()
    found.double += [*accountant.mail_twice(mail), *books.twice()]
    found.late += [*books.held(portal_killed), *books.unheard()]
    _of_partner(found, told, crowd, judge, visits)
    found.false += [*opinions.page(diary), *opinions.rows(diary, books.opinions())]
    told.second_opinions = len(diary.opinions)
    told.disputes = sum(one.first != one.second for one in diary.opinions)
    kept = accountant.words(site.exchange, key)
    if kept != visits.changed:
        kind = found.double if kept > visits.changed else found.lost
        kind.append(f"the partner said {visits.changed} words; {kept} are kept")
    _counts(found, told, diary, books)
    told.people, told.letters, told.listed = len(diary.lines), len(mail), sum(on_list.values())
    told.database_bytes = books.size()
    told.waits = waits(_hours(diary))
    told.problems = {name: wrong for name, wrong in vars(found).items() if wrong}


def _of_partner(
    found: accountant.Findings, told: Told, crowd: Crowd, judge: accountant.Accountant, visits: Visits
) -> None:
    """The partner comes for the last time; what it saw in the whole year that it must not see."""
    files = [(person.picture, crowd.diary.of(person.number)) for person in crowd.plan if person.file]
    wanted = {picture for picture, line in files if line.sha256 and judge.wants(line)}
    visits.come(sorted(wanted), {picture for picture, line in files if line.sha256} - wanted)
    found.false += visits.wrong
    told.partner = {"syncs": visits.syncs, "looked_up": visits.uploads, "found": visits.found, **visits.told}


def _pages(portal: str, diary: Diary) -> dict[int, str | None]:
    """What each person's code opens."""

    def status(line: Line) -> str | None:
        with persons.browser(line.person) as mine:
            page = persons.follow(portal, line.person, line.code, mine)
        return page.html if page.status == 200 else None

    lines = [line for line in diary.lines.values() if line.code]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {line.person: page for line, page in zip(lines, pool.map(status, lines), strict=True)}


def _counts(found: accountant.Findings, told: Told, diary: Diary, books: Books) -> None:
    told.codes = sum(bool(line.code) for line in diary.lines.values())
    cases, erased = books.cases()
    if cases != told.codes:
        kind = found.double if cases > told.codes else found.lost
        kind.append(f"{told.codes} people have a code; {cases} cases")
    if erased != told.deleted:
        found.late.append(f"{told.deleted} people deleted their report; {erased} are deleted")


def _hours(diary: Diary) -> dict[str, list[float]]:
    hours: dict[str, list[float]] = {}
    for line in diary.lines.values():
        if line.decided_at is not None:
            hours.setdefault(line.priority, []).append(round(max(0.0, line.decided_at - line.sent_at), 1))
    return hours
