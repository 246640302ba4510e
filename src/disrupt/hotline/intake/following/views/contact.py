"""The choice between “tell me” and “I come back with my code”, and where to tell, behind the code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases.finding import Unlocked
from disrupt.hotline.cases.models import SealedKind
from disrupt.hotline.intake.asking.forms import ContactForm
from disrupt.hotline.intake.following import contacts
from disrupt.hotline.intake.following.contacts import Reach
from disrupt.hotline.intake.following.views.opened import with_key
from disrupt.hotline.intake.visit import sessions


@require_http_methods(["GET", "HEAD", "POST"])
@with_key
def contact(request: HttpRequest, unlocked: Unlocked) -> HttpResponse:
    """Show the choice as it stands; on POST change it."""
    case = unlocked.case
    known = contacts.reach_of(case, unlocked.private_key)
    if request.method != "POST":
        chosen = "tell" if known != Reach() else "code"
        return _page(request, unlocked, chosen, ContactForm(_as_data(known)), checked=False)
    chosen = request.POST.get("tell", "")
    if chosen == "code":
        contacts.change(case, Reach())
        sessions.leave_notice(request.session, "contact_ended")
        return redirect("intake:status")
    form = ContactForm(request.POST)
    if chosen == "tell" and form.is_valid():
        data = form.cleaned_data
        given = Reach(
            data["email"],
            data["email_safe"],
            data["telephone"].strip(),
            data["telephone_safe"],
            data["email_any_hour"],
        )
        if given.email or given.telephone:
            contacts.change(case, given)
            sessions.leave_notice(request.session, "contact_kept")
            return redirect("intake:status")
        form.add_error("email", _("Give an e-mail address or a telephone number, or choose your code."))
    return _page(request, unlocked, chosen, form, checked=True)


def _as_data(known: Reach) -> dict[str, object]:
    return {
        "email": known.email,
        "email_safe": known.email_safe,
        "telephone": known.telephone,
        "telephone_safe": known.telephone_safe,
        "email_any_hour": known.email_any_hour,
    }


def _page(
    request: HttpRequest, unlocked: Unlocked, chosen: str, form: ContactForm, *, checked: bool
) -> HttpResponse:
    bounced = unlocked.case.notes.filter(kind=SealedKind.EMAIL, aside=False).exclude(bounced_at=None).exists()
    context = {"form": form, "chosen": chosen, "checked": checked, "bounced": bounced}
    return render(request, "intake/following/contact.html", context, status=422 if checked else 200)
