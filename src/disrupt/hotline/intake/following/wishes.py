"""Steps that need the person: which are offered behind their code, and what they have said of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models import SIGNED, Allowed, Case, Mandate, Reporter, Wish
from disrupt.hotline.cases.states import ItemKind, ItemState

# The content was found illegal, and its site has not removed it for good.
_GOES_ON = (
    ItemState.ACCEPTED,
    ItemState.POLICE_NOTIFIED,
    ItemState.HOST_NOTIFIED,
    ItemState.HOST_REMINDED,
    ItemState.REMOVED,
    ItemState.BACK_ONLINE,
)
TOLD: dict[Allowed, tuple[str | Promise, str | Promise]] = {
    Allowed.REGULATOR: (
        _("A complaint to the regulator"),
        _(
            "A site must confirm that it received our letter, decide, and tell us what it decided. If it "
            "does not, we can complain to the regulator (in France, Arcom). The complaint names the address, "
            "what we asked for and what the site did; it does not name you."
        ),
    ),
    Allowed.TAKE_IT_DOWN: (
        _("A request under the law of the United States"),
        _(
            "A site that this law binds (TAKE IT DOWN Act) has 48 hours to remove an intimate picture. We "
            "sign the request for you; it does not name you."
        ),
    ),
    Allowed.COURT: (
        _("A request to a court"),
        _(
            "A judge can order a site, or whoever else can help, to end it. A lawyer asks for that in your "
            "name: it needs your signature. We prepare what the lawyer needs; you give them your name "
            "yourself."
        ),
    ),
    Allowed.PROSECUTOR: (
        _("A report to the public prosecutor"),
        _(
            "We can tell the public prosecutor where the content is, and what was done. We do it only if you "
            "ask for it; where somebody under 18 is shown, also without asking. The report does not name you."
        ),
    ),
    Allowed.APPEAL: (
        _("A complaint with the site itself"),
        _(
            "If a large site says no, it must look again when we complain. We can do so unless you refuse. "
            "The complaint does not name you."
        ),
    ),
    Allowed.OTHERS: (
        _("Letters to others who can help"),
        _(
            "If a site does not remove it, we can write to others: its contact for trusted reporters, its "
            "network, or whoever manages its name, unless you refuse. They learn the address, not your name."
        ),
    ),
}
CHOICES: tuple[tuple[Wish, str | Promise], ...] = (
    (Wish.ASKED, _("I ask for it")),
    (Wish.REFUSED, _("I do not want it")),
    (Wish.NONE, _("I leave it open")),
)


@dataclass(frozen=True)
class Offered:
    """A step, in words, with what was said of it."""

    what: Allowed
    title: str | Promise
    text: str | Promise
    mandate: Mandate | None

    @property
    def signed(self) -> bool:
        """Whether it takes a signature."""
        return self.what in SIGNED

    @property
    def wish(self) -> str:
        return self.mandate.wish if self.mandate else Wish.NONE


def offered(case: Case) -> list[Offered]:
    """The steps that this person has a say in; none where no address of theirs is acted on."""
    if case.reporter == Reporter.WITNESS:
        return []
    said = {one.what: one for one in case.mandates.all()}
    if not said and not case.items.filter(kind=ItemKind.URL, state__in=_GOES_ON).exists():
        return []
    return [Offered(what, *TOLD[what], said.get(what)) for what in Allowed]
