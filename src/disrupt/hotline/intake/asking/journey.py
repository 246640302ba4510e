"""What a person has answered so far, question by question, and which question comes next."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.threats import NOTHING_TOLD, Threat
from disrupt.hotline.intake.asking import drafts
from disrupt.hotline.intake.asking.declared import Declared
from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.asking.opening import Answers

# How the form says that the person is a minor now; the case says SELF and MINOR.
MINOR_SELF = "minor"
# Somebody else's content: only an explanation follows.
OTHER = "other"


class Way(enum.StrEnum):
    """What a report is about; any mix of them."""

    ONLINE = "online"
    DEPOSIT = "deposit"
    DEVICE = "device"
    THREAT = "threat"


class Step(enum.StrEnum):
    """The pages; their values stand in the address bar, so they are neutral words."""

    WAYS = "ways"
    NOW = "now"
    WHERE = "where"
    FILES = "files"
    DEVICE = "device"
    WHO = "who"
    AGE = "age"
    CHECK = "check"


OF_WAY = {Way.ONLINE: Step.WHERE, Way.DEPOSIT: Step.FILES, Way.DEVICE: Step.DEVICE}


@dataclass(frozen=True)
class Journey:
    """A report on its way. `turn` is when a sending that had to wait may go on."""

    draft: Draft = field(default_factory=drafts.new)
    ways: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    declared: tuple[Declared, ...] = ()
    reporter: str = ""
    age: str = ""
    description: str = ""
    email: str = ""
    email_safe: bool = False
    telephone: str = ""
    telephone_safe: bool = False
    email_any_hour: bool = False
    answered: tuple[str, ...] = ()
    turn: dt.datetime | None = None
    place: str = ""
    account: str = ""
    demand: str = ""
    deadline: str = ""
    danger: bool = False
    # Addresses of which the page has said what little can be done with them.
    hinted: tuple[str, ...] = ()
    # What was typed on a page that must be shown again (retyping.py): its fields, the button, what to say.
    page: str = ""
    typed: str = ""
    pressed: str = ""
    notices: tuple[str, ...] = ()
    failed: bool = False

    @property
    def threat(self) -> bool:
        """Whether somebody is threatened now: asked first, looked at first."""
        return Way.THREAT in self.ways

    @property
    def told(self) -> Threat:
        """What was said of the threat."""
        return Threat(self.place, self.account, self.demand, self.deadline, self.danger)

    @property
    def minor(self) -> bool:
        """Whether the minors' path is the one to take: now a minor, or when it was taken."""
        return MINOR_SELF in {self.reporter, self.age}

    def steps(self) -> tuple[Step, ...]:
        """The pages of this report, in order."""
        return (
            Step.WAYS,
            *((Step.NOW,) if self.threat else ()),
            *(step for way, step in OF_WAY.items() if way in self.ways),
            # The page of a threat asks who is threatened, so that it is soon sent; here both are one page.
            *(((Step.AGE,) if self._age_matters else ()) if self.threat else (Step.WHO,)),
            Step.CHECK,
        )

    @property
    def _age_matters(self) -> bool:
        """Whoever is under 18 now was so then; without any picture there is no “when it was taken”."""
        nothing_shown = self.ways == (Way.THREAT,) and self.reporter == Reporter.SELF
        return self.reporter != MINOR_SELF and not nothing_shown

    def questions(self) -> tuple[Step, ...]:
        """The pages that are counted: how many there are is known once the first question is answered."""
        return tuple(step for step in self.steps() if step not in {Step.WAYS, Step.NOW})

    def done(self, step: Step) -> Journey:
        """This page has been answered."""
        return self if step in self.answered else replace(self, answered=(*self.answered, step.value))

    def undone(self, *steps: Step) -> Journey:
        """These pages must be answered again."""
        return replace(self, answered=tuple(name for name in self.answered if name not in steps))

    def next(self) -> Step:
        """The first page without an answer; the last page when there is none."""
        return next((step for step in self.steps() if step not in self.answered), Step.CHECK)

    def before(self, step: Step) -> Step | None:
        """The page before this one; None before the first."""
        steps = self.steps()
        return steps[steps.index(step) - 1] if step in steps and steps.index(step) else None

    def may_see(self, step: Step) -> bool:
        """Whether every question before this page has its answer."""
        steps = self.steps()
        return step in steps and all(one in self.answered for one in steps[: steps.index(step)])

    @property
    def _age(self) -> AgeWhenTaken:
        if self.reporter == MINOR_SELF:
            return AgeWhenTaken.MINOR
        return AgeWhenTaken(self.age) if self._age_matters else AgeWhenTaken.UNSURE

    def answers(self) -> Answers:
        """What is sent. Only for a journey whose every page is answered."""
        return Answers(
            reporter=Reporter.SELF if self.reporter == MINOR_SELF else Reporter(self.reporter),
            age_when_taken=self._age,
            urls=self.urls if Way.ONLINE in self.ways else (),
            declared=self.declared if Way.DEVICE in self.ways else (),
            threat=self.threat,
            told=self.told if self.threat else NOTHING_TOLD,
            description=self.description,
            email=self.email,
            email_safe=self.email_safe,
            telephone=self.telephone,
            telephone_safe=self.telephone_safe,
            email_any_hour=self.email_any_hour,
        )


def to_json(journey: Journey) -> dict[str, Any]:
    """Plain values for the shelf."""
    plain = {name: value for name, value in asdict(journey).items() if name not in {"draft", "turn"}}
    return plain | {
        "draft": drafts.pack(journey.draft),
        "turn": journey.turn.timestamp() if journey.turn else None,
    }


def from_json(plain: Mapping[str, Any]) -> Journey:
    """A journey from the shelf. Raises drafts.NotADraft."""
    names = {one.name for one in fields(Journey)}
    known = {name: value for name, value in plain.items() if name in names}
    turn = known.pop("turn")
    draft = drafts.unpack(known.pop("draft"))
    lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
    journey = Journey(
        **{**known, **lists}, draft=draft, turn=dt.datetime.fromtimestamp(turn, dt.UTC) if turn else None
    )
    # Files that were received too long ago are destroyed: the question is open again.
    return journey.undone(Step.FILES) if draft.lost else journey
