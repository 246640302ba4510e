"""Which steps leave with a signed file, and for whom it can be made: who signed, who asked, or a minor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.models import Case, Mandate, Wish
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.planning import allowed
from disrupt.hotline.takedown.states import Step


@dataclass(frozen=True)
class Kind:
    """A file: what it is called, what it is of, and whether there is one without a duty that was broken."""

    stem: str
    of: str
    needs_ground: bool = False


KINDS: Mapping[str, Kind] = {
    Step.REGULATOR: Kind("complaint", "complaint (Regulation (EU) 2022/2065, Article 53)", needs_ground=True),
    Step.PROSECUTOR: Kind("report", "report to the public prosecutor"),
    Step.COURT: Kind("instruction", "instruction to counsel"),
}


@dataclass(frozen=True)
class Behalf:
    """Whose case a file is made for, and what was signed for it, where a signature is needed."""

    case: Case
    mandate: Mandate | None


def behalf_of(notice: Notice) -> Behalf | None:
    """For whom the file of a step can be made now; None where nobody lets it be."""
    what, takes = allowed.SAY[notice.step]
    if takes == allowed.Takes.SIGNATURE:
        signed = mandates.in_force(notice.items, what)
        return Behalf(signed.case, signed) if signed else None
    if not allowed.is_allowed(notice):
        return None
    cases = [item.case for item in notice.items if item.state != ItemState.WITHDRAWN]
    said = Mandate.objects.filter(case__in=cases, what=what, wish=Wish.ASKED).values_list("case", flat=True)
    asked = set(said)
    # Of a minor's content it may be nobody: then the first report of it.
    return next((Behalf(case, None) for case in sorted(cases, key=lambda case: case.pk not in asked)), None)
