"""A report as a reader sees it, in one language: sections with sentences and tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disrupt.hotline.insight import wording as w
from disrupt.hotline.insight.periods import period


@dataclass(frozen=True)
class Table:
    """`name` is that of its CSV file; the last `numbers` columns are numbers."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 1


@dataclass(frozen=True)
class Section:
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Document:
    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]


def document(content: Mapping[str, Any], language: str) -> Document:
    """The report of these figures. `content` is what report.json holds."""
    with translation.override(language):
        during = period(content["period"]["name"])
        sections = (
            *_corrected(content, language),
            _method(content),
            _received(content),
            _notices(content),
            _refusals(content),
            _host_refusals(content),
            _times(content),
            _accuracy(content),
            Section(
                _("Procedures that keep us independent"),
                tuple(filter(None, content["procedures"][language].splitlines())),
            ),
            _codes(content, language),
        )
        return Document(
            language,
            _("Report under Article 22(3) of the Digital Services Act, %(period)s")
            % {"period": w.period_name(during)},
            _("%(hotline)s, version %(version)d, figures as known on %(day)s")
            % {
                "hotline": content["hotline"],
                "version": content["version"],
                "day": date_format(dt.date.fromisoformat(content["as_of"]), "j F Y"),
            },
            sections,
        )


def _corrected(content: Mapping[str, Any], language: str) -> Sequence[Section]:
    words = content["change"][language]
    if not words:
        return ()
    number = content["version"] - 1
    before = _("This replaces version %(n)d.") % {"n": number}
    columns = (_("Figure"), _("Version %(n)d") % {"n": number}, _("This version"))
    rows = tuple(
        (
            _figure(one),
            _told(one["table"], one["of"], one["before"]),
            _told(one["table"], one["of"], one["now"]),
        )
        for one in content.get("changed", ())
    )
    table = Table("changed", _("Figures that differ"), columns, rows, numbers=2)
    return (Section(_("What this version corrects"), (before, *words.splitlines()), (table,)),)


def _figure(one: Mapping[str, Any]) -> str:
    """What a number that changed is of, in words."""
    said: Mapping[str, tuple[str, Sequence[Any]]] = {
        "received": (_("Contents received"), (_word(w.WAYS),)),
        "illegal": (_("Found illegal"), (w.category, _word(w.PERSONS))),
        "refused": (_("Not found illegal"), (w.reason,)),
        "notices": (_("Notices to hosts"), (w.host, w.category, _word(w.ACTIONS))),
        "host_refusals": (_("Refused by hosts"), (_word(w.REFUSALS),)),
        "times": (_("Times"), (_word(_times_names()), _word(_TIMES_TOLD))),
    }
    name, words = said[one["table"]]
    return ", ".join((name, *(say(label) for say, label in zip(words, one["of"], strict=True))))


def _word(words: w.Words) -> Callable[[str], str]:
    return lambda key: w.word(words, key)


def _told(table: str, of: Sequence[str], value: float | None) -> str:
    """A number as the version tells it; a dash where it is not told by itself."""
    if value is None:
        return "—"
    if table != "times":
        return w.number(int(value))
    return w.share(value) if of[1].startswith("within") else w.hours(value)


_TIMES_TOLD: w.Words = {
    "median_hours": gettext_lazy("Half within"),
    "p90_hours": gettext_lazy("Nine in ten within"),
    "within 24": gettext_lazy("In 24 h"),
    "within 48": gettext_lazy("In 48 h"),
    "within 168": gettext_lazy("In 7 days"),
}


def _times_names() -> dict[str, str]:
    return {"decision": _("From the report to the decision"), "action": _("From the notice to the removal")}


def _method(content: Mapping[str, Any]) -> Section:
    return Section(
        _("How to read it"),
        (
            _(
                "A number below %(least)d is never printed: it is added to others as “several”, and "
                "totals are sums of what is printed, so that no single report can be found by subtraction."
            )
            % {"least": content["least"]},
            _(
                "What a host did counts for the period in which its notice was sent. “Removed, as we saw” "
                "means that two looks at the address, half an hour apart or more, agreed that it was gone."
            ),
        ),
    )  # fmt: skip


def _table(
    name: str, caption: str, columns: Sequence[str], parts: Sequence[Any], words: Sequence[Any]
) -> Table:
    rows = []
    for part in parts:
        labels = [say(label) for say, label in zip(words, part["of"], strict=True)]
        rows.append((*labels, w.number(part["n"])))
    return Table(name, caption, (*columns, _("Number")), tuple(rows))


def _received(content: Mapping[str, Any]) -> Section:
    decided = content["decided"]
    return Section(
        _("Reports received and examined"),
        (
            _("%(n)s contents were reported.") % {"n": w.number(_total(content["received"]))},
            _("%(illegal)s were found illegal, %(refused)s were not.")
            % {
                "illegal": w.number(_total(decided["illegal"])),
                "refused": w.number(_total(decided["refused"])),
            },
        ),
        (
            _table("received", _("Contents received, by the way in which they came"), (_("Way"),),
                   content["received"], (lambda k: w.word(w.WAYS, k),)),
            _table("illegal", _("Contents found illegal, by category and person"),
                   (_("Category"), _("Person")), decided["illegal"],
                   (w.category, lambda k: w.word(w.PERSONS, k))),
        ),
    )  # fmt: skip


def _notices(content: Mapping[str, Any]) -> Section:
    columns = (_("Host"), _("Type of illegal content"), _("Action taken"))
    words = (w.host, w.category, lambda k: w.word(w.ACTIONS, k))
    return Section(
        _("Notices submitted to hosts"),
        (_("%(n)s notices were submitted.") % {"n": w.number(_total(content["notices"]))},),
        (
            _table(
                "notices",
                _("Notices, by host, type of illegal content and action taken"),
                columns,
                content["notices"],
                words,
            ),
        ),
    )


def _refusals(content: Mapping[str, Any]) -> Section:
    return Section(
        _("What we did not notify, and why"),
        (),
        (
            _table(
                "refusals",
                _("Contents not found illegal, by reason"),
                (_("Reason"),),
                content["decided"]["refused"],
                (w.reason,),
            ),
        ),
    )


def _host_refusals(content: Mapping[str, Any]) -> Section:
    table = _table(
        "host_refusals", _("Notices that hosts refused, by reason"), (_("Reason"),),
        content.get("host_refusals", ()), (_word(w.REFUSALS),),
    )  # fmt: skip
    said = _(
        "A host chooses the reason from a list, or we do from what it writes; its words are in no report."
    )
    return Section(_("What hosts refused, and why"), (said,), (table,))


def _times(content: Mapping[str, Any]) -> Section:
    rows = []
    for key, name in _times_names().items():
        times = content["times"][key]
        within = [w.share(times["within"].get(str(hours))) for hours in (24, 48, 168)]
        rows.append((name, w.hours(times["median_hours"]), w.hours(times["p90_hours"]), *within))
    columns = ("", _("Half within"), _("Nine in ten within"), _("In 24 h"), _("In 48 h"), _("In 7 days"))
    note = _(
        "What had not ended counts as longer than it had lasted (product-limit estimate); "
        "shares are in twentieths."
    )
    return Section(
        _("Times"), (note,), (Table("times", _("How long it took"), columns, tuple(rows), numbers=5),)
    )


def _accuracy(content: Mapping[str, Any]) -> Section:
    answers = content["answers"]
    said = _("Of %(acted)s notices that are printed with what the host did, %(declined)s were refused.") % {
        "acted": w.number(answers["acted"]),
        "declined": w.number(answers["declined"]),
    }
    rows = tuple(
        (
            w.host(one["host"]),
            *map(w.number, (one["acted"], one["declined"], one["several"])),
            w.share(one["accuracy"]),
        )
        for one in answers.get("hosts", ())
    )
    columns = (_("Host"), _("With what it did"), _("Refused"), _("Not told apart"), _("Not refused"))
    return Section(
        _("Accuracy"),
        (said, _("Not refused: %(share)s.") % {"share": w.share(answers["accuracy"])}),
        (Table("accuracy", _("What each host did, as far as it is printed"), columns, rows, numbers=4),),
    )


def _codes(content: Mapping[str, Any], language: str) -> Section:
    rows = tuple(
        (
            one["name"][language],
            one["article"][language],
            one["statement_category"],
            ", ".join(one["keywords"]) or "—",
        )
        for one in content["codes"]
    )
    columns = (_("Type of illegal content"), _("Law"), _("Statement category"), _("Keywords"))
    caption = _("Types of illegal content and their codes in the Transparency Database")
    return Section(_("Types of illegal content"), (), (Table("codes", caption, columns, rows, numbers=0),))


def _total(parts: Sequence[Any]) -> int | None:
    """The sum of what is printed: nothing else is in it."""
    return None if any(part["n"] is None for part in parts) else sum(part["n"] for part in parts)
