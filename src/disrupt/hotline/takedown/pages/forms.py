"""What a person types about a notice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.takedown.actions import LONGEST_WAIT_HOURS
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.notices import particulars
from disrupt.hotline.takedown.notices.particulars import Names, Said, named_in
from disrupt.hotline.takedown.states import Decision, NoticeState, RecipientKind, Refusal

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


WHY_NOT = {
    Names.MAIL: _("There is an e-mail address in it."),
    Names.ACCOUNT: _("There is the name of an account in it."),
    Names.NUMBER: _("There is a long number in it, a telephone’s perhaps."),
    Names.ADDRESS: _("There is a postal address in it."),
    Names.NAME: _("Two words in a row begin with a capital: if they are no name, write them small."),
    Names.LINK: _("There is a link in it: give the file’s address in its own field."),
}


class WaitForm(forms.Form):
    """Another wait before the host is notified."""

    hours = forms.FloatField(
        label=_("Hours after the police were told"), min_value=0, max_value=LONGEST_WAIT_HOURS, localize=False
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, help_text=_("Kept with the notice. No name, no address.")
    )


class MotiveForm(forms.Form):
    """Why a step is done otherwise than the plan says."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, help_text=_("Kept with the notice. No name, no address.")
    )


class StopForm(forms.Form):
    """Stop everything, or what is about one site."""

    site = forms.CharField(
        label=_("Site"), max_length=255, required=False, help_text=_("Leave it empty to stop all notices.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, help_text=_("Kept with the stop. No name, no address.")
    )

    def clean_site(self) -> str:
        site = str(self.cleaned_data["site"]).strip()
        if site and not take_apart(site if "//" in site else f"https://{site}").host:
            raise ValidationError(_("This is not the name of a site."))
        return site


class FiledForm(forms.Form):
    """The recipient's form was filled by a person."""

    reference = forms.CharField(label=_("Reference given by the recipient"), max_length=120)


class AddressForm(forms.Form):
    """Where to send the notice by e-mail."""

    address = forms.CharField(label=_("E-mail address"), max_length=254)

    def clean_address(self) -> str:
        try:
            return check_address(str(self.cleaned_data["address"]).strip())
        except BadAddress:
            raise ValidationError(_("This is not an e-mail address that a notice can be sent to.")) from None


class ParticularsForm(forms.Form):
    """What identifies the content in the page; it goes to the host, and the uploader may read it.

    `needed`: a notice's own page asks for one of them at least, a decision for none.
    """

    place = forms.CharField(
        label=_("Where in the page"),
        max_length=200,
        required=False,
        help_text=_("For example: third post, second picture."),
    )
    moment = forms.CharField(label=_("Moment of the film"), max_length=40, required=False)
    file = forms.CharField(label=_("Address of the file itself"), max_length=2000, required=False)
    shows = forms.CharField(
        label=_("What is shown"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=400,
        required=False,
        help_text=_("The host and the uploader may read it. No name, no address, no account, no number."),
    )
    seen_at = forms.DateTimeField(label=_("Seen online on"), widget=_MOMENT, required=False)

    def __init__(self, *args: Any, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = needed

    def clean(self) -> dict[str, Any]:
        """Each text for itself, so that whoever wrote it sees which."""
        for name in ("place", "moment", "shows"):
            if (found := named_in(str(self.cleaned_data.get(name, "")))) is not None:
                self.add_error(name, WHY_NOT[found])
        media = str(self.cleaned_data.get("file", "")).strip()
        if media and not take_apart(media).host:
            self.add_error("file", _("This is not an address."))
        seen = self.cleaned_data.get("seen_at")
        if seen and seen > clock.now():
            self.add_error("seen_at", _("This time is still to come."))
        if self.needed and not self.errors and not any(self.cleaned_data.values()):
            self.add_error("place", _("Say at least one of these."))
        return {} if self.errors else {"said": self._said()}

    def _said(self) -> Said:
        told = dict(self.cleaned_data)
        return particulars.said(media=told.pop("file"), **told)


class ReceiptForm(forms.Form):
    """The recipient confirmed receipt."""

    at = forms.DateTimeField(label=_("Received on"), widget=_MOMENT, required=False)


class DecisionForm(forms.Form):
    """The recipient decided."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices)
    refusal = forms.ChoiceField(
        label=_("If it refuses: why"),
        choices=[("", _("not said")), *Refusal.choices],
        required=False,
        help_text=_("Counted for the yearly report; the words below are not."),
    )
    at = forms.DateTimeField(label=_("Decided on"), widget=_MOMENT, required=False)
    reasons = forms.CharField(
        label=_("Reasons given, redress offered"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        required=False,
    )


class FilterForm(forms.Form):
    """Which notices to list."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("person", _("needs a person")), *NoticeState.choices],
    )
    recipient = forms.ChoiceField(
        label=_("Recipient"), required=False, choices=[("", _("all")), *RecipientKind.choices]
    )
    host = forms.CharField(label=_("Host"), required=False, max_length=255)

    def clean(self) -> dict[str, Any]:
        """An unknown value filters nothing: this form only narrows a list."""
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
