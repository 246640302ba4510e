"""Pages about accounts: who there is, who is invited, and the page that an invitation's link opens."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.people import invitations

ROLES = (
    ("analyst", gettext_lazy("analyst")),
    ("senior", gettext_lazy("senior analyst: ends disputes, takes cases over")),
    ("lead", gettext_lazy("lead: all that analysts do, and oversees it")),
    ("administrator", gettext_lazy("administrator: runs the house, reads no case")),
    ("auditor", gettext_lazy("auditor: reads what was done, never a content")),
)


class InvitationForm(forms.Form):
    """Who is invited, and to what."""

    name = forms.CharField(
        label=gettext_lazy("Name of the account"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, widget=forms.RadioSelect)
    minors = forms.BooleanField(label=gettext_lazy("May see what may show a minor"), required=False)


class JoinForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=gettext_lazy("Password, of twelve characters at least"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("These are two different passwords."))
        return again


@require_http_methods(["GET", "POST"])
@requires(may.ACCOUNT_INVITE)
def people(request: HttpRequest) -> HttpResponse:
    """The accounts and what waits to become one; a new link is shown on the page that answers, once."""
    form, link = InvitationForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            secret = invitations.invite(
                said["name"], said["role"], analyst(request.user.pk or 0), minors=said["minors"]
            )
        except invitations.NameTaken:
            form.add_error("name", _("There is an account, or an invitation, of this name."))
        except invitations.NameRefused:
            form.add_error("name", _("Letters, digits and @ . + - _ only."))
        else:
            link = request.build_absolute_uri(reverse("review:invited", args=[secret]))
            form = InvitationForm()
    kinds = Authenticator.Type
    accounts = (
        get_user_model()
        .objects.prefetch_related("groups")
        .annotate(
            totp=Count("authenticator", filter=Q(authenticator__type=kinds.TOTP)),
            passkeys=Count("authenticator", filter=Q(authenticator__type=kinds.WEBAUTHN)),
        )
        .order_by("-is_active", "username")
    )
    context = {"accounts": accounts, "waiting": invitations.waiting(), "form": form, "link": link}
    return render(request, "review/people.html", context, status=422 if form.errors else 200)


@require_POST
@requires(may.ACCOUNT_INVITE)
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """A link that was given to the wrong person opens nothing any more."""
    if invitations.take_back(number, analyst(request.user.pk or 0)):
        messages.success(request, _("The link opens nothing any more."))
    else:
        messages.error(request, _("It was used or taken back before."))
    return redirect("review:people")


@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """What the link opens: a password is chosen here, and the second factor on the page after."""
    if request.user.is_authenticated:
        raise PermissionDenied("Whoever is signed in has an account.")
    form = JoinForm(request.POST or None)
    try:
        invitation = invitations.of(secret)
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(secret, form.cleaned_data["password"])
            answer: HttpResponse = perform_login(request, Login(user=user))
            return answer
    except (invitations.NoInvitation, invitations.NameTaken):
        return render(request, "review/invited.html", status=404)
    context = {"invitation": invitation, "form": form}
    return render(request, "review/invited.html", context, status=422 if form.errors else 200)
