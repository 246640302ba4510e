"""What a person is offered to do to a notice, by its state: one table that the page and its buttons share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import actions
from disrupt.hotline.takedown.complaint import making
from disrupt.hotline.takedown.models import Notice, Presence
from disrupt.hotline.takedown.notices import particulars, take_down
from disrupt.hotline.takedown.pages import forms
from disrupt.hotline.takedown.planning import allowed, prepared
from disrupt.hotline.takedown.states import (
    PREPARED,
    RESENDABLE,
    STOPPABLE,
    WITH_FILE,
    Decision,
    NoticeState,
    Refusal,
    Step,
)

S = NoticeState
Run = Callable[[Notice, dict[str, Any], Actor], object]


@dataclass(frozen=True)
class Action:
    """Something a person can do: in which states, with which form, how it is called, what it does."""

    label: str | Promise
    done: str | Promise
    states: frozenset[NoticeState]
    run: Run
    form: type[django_forms.Form] | None = None
    only: Step | None = None
    alone: bool = True
    when: Callable[[Notice], bool] = lambda notice: True
    key: str = ""

    def fits(self, notice: Notice) -> bool:
        """Whether it can be done; to what goes within another message, only what is about its own address."""
        if notice.within_id is not None and self.alone:
            return False
        return (
            notice.state in self.states
            and (self.only is None or notice.step == self.only)
            and self.when(notice)
        )


ACTIONS: dict[str, Action] = {
    "complain": Action(
        gettext_lazy("Send it with its signed file"),
        gettext_lazy("It is sent, with its file."),
        frozenset({S.TASK}),
        lambda n, data, who: making.send(n, who),
        when=making.may_be_mailed,
        key="c",
    ),
    "send": Action(
        gettext_lazy("Send it"),
        gettext_lazy("It is sent."),
        frozenset({S.TASK}),
        lambda n, data, who: prepared.send_prepared(n, who),
        when=lambda notice: (
            notice.step in PREPARED - WITH_FILE and bool(notice.address) and allowed.is_allowed(notice)
        ),
        key="c",
    ),
    "stays": Action(
        gettext_lazy("Tell the person that it could not be removed"),
        gettext_lazy("The person is told. It is looked at as before."),
        frozenset({S.SENT}),
        lambda n, data, who: prepared.say_that_it_stays(n, who),
        only=Step.HOST,
        alone=False,
        when=lambda notice: notice.stays_told_at is None and notice.target.presence != Presence.GONE,
    ),
    "filed": Action(
        gettext_lazy("I have filled the recipient’s form"),
        gettext_lazy("Recorded: the notice is sent."),
        frozenset({S.TASK}),
        lambda n, data, who: actions.record_filed(n, data["reference"], who),
        forms.FiledForm,
    ),
    "confirm": Action(
        gettext_lazy("It arrived: mark as sent"),
        gettext_lazy("Recorded: the notice is sent."),
        frozenset({S.UNCERTAIN}),
        lambda n, data, who: actions.confirm_sent(n, who),
    ),
    "resend": Action(
        gettext_lazy("Send it again"),
        gettext_lazy("The notice will be sent again, as the same message."),
        RESENDABLE,
        lambda n, data, who: actions.resend(n, who),
    ),
    "receipt": Action(
        gettext_lazy("Record the confirmation of receipt"),
        gettext_lazy("Confirmation of receipt recorded."),
        frozenset({S.SENT, S.UNCERTAIN}),
        lambda n, data, who: actions.record_receipt(n, who, data["at"]),
        forms.ReceiptForm,
    ),
    "decision": Action(
        gettext_lazy("Record the decision"),
        gettext_lazy("Decision recorded."),
        frozenset({S.SENT, S.UNCERTAIN}),
        lambda n, data, who: actions.record_decision(
            n,
            Decision(data["decision"]),
            who,
            at=data["at"],
            reasons=data["reasons"],
            refusal=Refusal(data["refusal"]) if data["refusal"] else None,
        ),
        forms.DecisionForm,
        alone=False,
    ),
    "wait": Action(
        gettext_lazy("Change the wait"),
        gettext_lazy("The wait was changed."),
        frozenset({S.SCHEDULED, S.TASK}),
        lambda n, data, who: actions.override_wait(n, data["hours"], who, data["reason"]),
        forms.WaitForm,
        Step.HOST,
    ),
    "waive": Action(
        gettext_lazy("Tell the host without the police"),
        gettext_lazy("The host is told without waiting for the police."),
        frozenset({S.SCHEDULED, S.TASK}),
        lambda n, data, who: actions.waive_police(n, who, data["reason"]),
        forms.MotiveForm,
        Step.HOST,
        when=lambda notice: notice.waits_for_police,
    ),
    "address": Action(
        gettext_lazy("Send it to another e-mail address"),
        gettext_lazy("The notice will be sent to this address."),
        frozenset({S.SCHEDULED, S.TASK, S.FAILED, S.REFUSED}),
        lambda n, data, who: actions.readdress(n, data["address"], who),
        forms.AddressForm,
    ),
    "look": Action(
        gettext_lazy("Look at the address now"),
        gettext_lazy("The address is looked at within a minute or so."),
        frozenset(NoticeState),
        lambda n, data, who: actions.look_now(n, who),
        alone=False,
        when=lambda notice: bool(notice.target.url and notice.target.anchor_at),
    ),
    "trace": Action(
        gettext_lazy("Find out who hosts it"),
        gettext_lazy("Registries are asked who hosts it: look again in a minute or so."),
        frozenset(NoticeState),
        lambda n, data, who: actions.find_host(n, who),
        alone=False,
        when=lambda notice: bool(notice.target.url and settings.RDAP_LISTS),
    ),
    "particulars": Action(
        gettext_lazy("Say where in the page it is"),
        gettext_lazy("The notices that have not left say it."),
        frozenset(NoticeState),
        lambda n, data, who: particulars.describe(n, who, data["said"]),
        forms.ParticularsForm,
        alone=False,
        when=lambda notice: bool(notice.target.url),
    ),
    "take_down": Action(
        gettext_lazy("Request removal under the TAKE IT DOWN Act as well"),
        gettext_lazy("The request is made: 48 hours run from its receipt."),
        frozenset(NoticeState),
        lambda n, data, who: take_down.request(n, who),
        alone=False,
        when=take_down.is_offered,
    ),
    "hurry": Action(
        gettext_lazy("Do it now"),
        gettext_lazy("It is done now."),
        frozenset({S.SCHEDULED, S.TASK}),
        lambda n, data, who: actions.hurry(n, who, data["reason"]),
        forms.MotiveForm,
        when=lambda notice: not notice.waits_for_police,
    ),
    "hold": Action(
        gettext_lazy("Hold it"),
        gettext_lazy("It is held: nothing is sent until you let it go."),
        frozenset({S.SCHEDULED, S.TASK}),
        lambda n, data, who: actions.hold(n, who, data["reason"]),
        forms.MotiveForm,
        when=lambda notice: not notice.held,
    ),
    "release": Action(
        gettext_lazy("Let it go"),
        gettext_lazy("It is done in its time."),
        frozenset({S.SCHEDULED, S.TASK}),
        lambda n, data, who: actions.let_go(n, who),
        when=lambda notice: notice.held,
    ),
    "cancel": Action(
        gettext_lazy("Cancel this notice"),
        gettext_lazy("The notice was cancelled."),
        STOPPABLE,
        lambda n, data, who: actions.cancel(n, who, data["reason"]),
        forms.MotiveForm,
        alone=False,
    ),
}
