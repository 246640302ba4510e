"""Who may do what on the console: permissions are named `scope:resource:action` and given to roles, in code.

A role is a Django group of the same name. Nobody has a permission that is not written here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, NewType, ParamSpec

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

Permission = NewType("Permission", str)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

QUEUE_READ = Permission("review:queue:read")
CASE_READ = Permission("review:case:read")
NOTE_READ = Permission("review:note:read")
MESSAGE_READ = Permission("review:message:read")
MESSAGE_WRITE = Permission("review:message:write")
CONTENT_PREVIEW = Permission("review:content:preview")
CONTENT_VIEW = Permission("review:content:view")
MINORS_VIEW = Permission("review:minors:view")
ITEM_QUALIFY = Permission("review:item:qualify")
CLAIM_MANAGE = Permission("review:claim:manage")
STEP_MANAGE = Permission("review:step:manage")
FEEDBACK_READ = Permission("review:feedback:read")
PROPOSAL_DECIDE = Permission("review:proposal:decide")
ACCESS_READ = Permission("review:access:read")
EVIDENCE_ASK = Permission("review:evidence:ask")
EVIDENCE_ALLOW = Permission("review:evidence:allow")
HOLD_ASK = Permission("review:hold:ask")
HOLD_CONFIRM = Permission("review:hold:confirm")
AGREEMENT_READ = Permission("review:agreement:read")
DISPUTE_SETTLE = Permission("review:dispute:settle")
RULE_READ = Permission("review:rule:read")
RULE_MANAGE = Permission("review:rule:manage")
SWITCH_SET = Permission("admin:switch:set")
SETTING_MANAGE = Permission("admin:setting:manage")
ACCOUNT_INVITE = Permission("admin:account:invite")
AUDIT_READ = Permission("admin:audit:read")
NOTICE_READ = Permission("takedown:notice:read")
NOTICE_MANAGE = Permission("takedown:notice:manage")
RECIPIENT_MANAGE = Permission("takedown:recipient:manage")
PARTNER_MANAGE = Permission("exchange:partner:manage")
FIGURES_READ = Permission("insight:figures:read")
REPORT_MANAGE = Permission("insight:report:manage")

_ANALYST = frozenset(
    {
        QUEUE_READ,
        CASE_READ,
        NOTE_READ,
        MESSAGE_READ,
        MESSAGE_WRITE,
        CONTENT_PREVIEW,
        CONTENT_VIEW,
        ITEM_QUALIFY,
        FEEDBACK_READ,
        EVIDENCE_ASK,
        HOLD_ASK,
        RULE_READ,
        NOTICE_READ,
        NOTICE_MANAGE,
        FIGURES_READ,
    }
)
ROLES: Mapping[str, frozenset[Permission]] = {
    "analyst": _ANALYST,
    # An analyst who also ends disputes and takes cases over.
    "senior": _ANALYST | {MINORS_VIEW, CLAIM_MANAGE, AGREEMENT_READ, DISPUTE_SETTLE, PROPOSAL_DECIDE},
    # Runs the house and reads no case: switches, accounts, partners’ keys, the audit log, figures.
    "administrator": frozenset(
        {SWITCH_SET, SETTING_MANAGE, ACCOUNT_INVITE, AUDIT_READ, PARTNER_MANAGE, FIGURES_READ}
    ),
    # Beside the role of an analyst: to see, even blurred, what may show a minor.
    "minors": frozenset({MINORS_VIEW}),
    # Reads what was done, by whom and when; never a content, a text, a contact or a message.
    "auditor": frozenset(
        {
            QUEUE_READ,
            CASE_READ,
            FEEDBACK_READ,
            ACCESS_READ,
            AGREEMENT_READ,
            RULE_READ,
            AUDIT_READ,
            NOTICE_READ,
            FIGURES_READ,
        }
    ),
    "lead": _ANALYST
    | {
        MINORS_VIEW,
        CLAIM_MANAGE,
        STEP_MANAGE,
        ACCESS_READ,
        EVIDENCE_ALLOW,
        HOLD_CONFIRM,
        RULE_MANAGE,
        AGREEMENT_READ,
        DISPUTE_SETTLE,
        PROPOSAL_DECIDE,
        RECIPIENT_MANAGE,
        PARTNER_MANAGE,
        REPORT_MANAGE,
        SWITCH_SET,
        SETTING_MANAGE,
        ACCOUNT_INVITE,
        AUDIT_READ,
    },
}


def permissions_of(user: Any) -> frozenset[Permission]:
    """All that a signed-in user may do; nothing for anybody else."""
    if not (user.is_authenticated and user.is_active):
        return frozenset()
    held: frozenset[Permission] | None = getattr(user, "_held_permissions", None)
    if held is None:
        roles = user.groups.values_list("name", flat=True)
        held = frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
        user._held_permissions = held
    return held


def holders(permission: Permission) -> QuerySet[Any]:
    """The accounts that have the permission, and are not closed."""
    roles = [role for role, held in ROLES.items() if permission in held]
    found = get_user_model().objects.filter(groups__name__in=roles, is_active=True)
    return found.distinct().order_by("username")


def allowed(user: Any, permission: Permission) -> bool:
    """Whether this user has the permission."""
    return permission in permissions_of(user)


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Let a view answer only to those who have the permission; the others get a 403 page."""

    def wrap(view: View[P]) -> View[P]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not allowed(request.user, permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        functools.update_wrapper(guarded, view)
        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test of all addresses
        return guarded

    return wrap
