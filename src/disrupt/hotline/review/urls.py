"""The addresses of review."""

from __future__ import annotations

from django.urls import path

from disrupt.hotline.review import admin, in_force, views
from disrupt.hotline.review.changing import pages as changing
from disrupt.hotline.review.dossier import evidence_pages
from disrupt.hotline.review.holds import pages as holds
from disrupt.hotline.review.messages import asking, correspondence, jotted
from disrupt.hotline.review.people import mine
from disrupt.hotline.review.people import pages as people
from disrupt.hotline.review.proposals import disputed, lists
from disrupt.hotline.review.proposals import pages as proposals
from disrupt.hotline.review.rules import pages as rules
from disrupt.hotline.review.seeing import looking
from disrupt.hotline.review.waiting import claiming, today
from disrupt.hotline.review.wellbeing import pages as wellbeing
from disrupt.hotline.review.wellbeing import preferences
from disrupt.hotline.review.work import agreement, deciding, drafts, holding, precedents, second, workspace

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("begin/", claiming.begin, name="begin"),
    path("search/", views.search, name="search"),
    path("partners/", views.partners, name="partners"),
    path("partners/lists/", lists.page, name="lists"),
    path("partners/disputed/", disputed.page, name="disputed"),
    path("partners/disputed/decide/", disputed.decide, name="decide-disputed"),
    path("partners/proposals/", proposals.page, name="proposals"),
    path("partners/proposals/decide/", proposals.decide, name="decide-proposals"),
    path("accesses/", views.accesses, name="accesses"),
    path("figures/", today.today, name="today"),
    path("figures/mine/", mine.mine, name="mine"),
    path("cases/<uuid:case_id>/", views.case, name="case"),
    path("messages/", correspondence.waiting, name="correspondence"),
    path("cases/<uuid:case_id>/messages/", correspondence.thread, name="messages"),
    path("cases/<uuid:case_id>/answer/", correspondence.answer, name="answer"),
    path("cases/<uuid:case_id>/draft/", drafts.keep_of_case, name="draft-of-case"),
    path("items/<uuid:item_id>/draft/", drafts.keep_of_item, name="draft-of-item"),
    path("cases/<uuid:case_id>/jot/", jotted.jot, name="jot"),
    path("cases/<uuid:case_id>/promise/", jotted.promise, name="promise"),
    path("jottings/<number:jotting_id>/take-away/", jotted.take_away, name="take-jotting-away"),
    path("cases/<uuid:case_id>/called/", correspondence.called, name="called"),
    path("cases/<uuid:case_id>/read/", views.have_read, name="have-read"),
    path("cases/<uuid:case_id>/take-off/", holding.take_off_case, name="take-off-case"),
    path("cases/<uuid:case_id>/let-through/", holding.let_case_through, name="let-case-through"),
    path("items/<uuid:item_id>/let-through/", holding.let_through, name="let-through"),
    path("items/<uuid:item_id>/keep-off/", holding.keep_off, name="keep-off"),
    path("cases/<uuid:case_id>/ledger/", views.case_ledger, name="ledger"),
    path("cases/<uuid:case_id>/evidence/", evidence_pages.page, name="evidence"),
    path("holds/", holds.overview, name="holds"),
    path("cases/<uuid:case_id>/hold/", holds.page, name="hold"),
    path("holds/<number:hold_id>/confirm/", holds.confirm, name="confirm-hold"),
    path("holds/<number:hold_id>/end/", holds.end, name="end-hold"),
    path("evidence/<number:request_id>/allow/", evidence_pages.allow, name="allow-evidence"),
    path("evidence/<number:request_id>/file/", evidence_pages.take, name="take-evidence"),
    path("cases/<uuid:case_id>/claim/", claiming.prolong, name="prolong"),
    path("cases/<uuid:case_id>/open/", claiming.open_case, name="open"),
    path("cases/<uuid:case_id>/hand-over/", claiming.hand_over, name="hand-over"),
    path("cases/<uuid:case_id>/skip/", claiming.skip, name="skip"),
    path("cases/<uuid:case_id>/take-over/", claiming.take_over, name="take-over"),
    path("items/<uuid:item_id>/", workspace.item, name="item"),
    path("admin/switches/", admin.switch, name="switches"),
    path("admin/keys/", admin.keys, name="keys"),
    path("admin/keys/<uuid:key_id>/revoke/", admin.revoke, name="revoke-key"),
    path("admin/people/", people.people, name="people"),
    path("admin/people/invitations/<number:number>/take-back/", people.take_back, name="take-back"),
    path("invitations/<str:secret>/", people.invited, name="invited"),
    path("admin/in-force/", in_force.page, name="in-force"),
    path("admin/in-force/change/", changing.change, name="change"),
    path("admin/audit/", admin.log, name="audit"),
    path("stop/", wellbeing.stop, name="stop"),
    path("stopped/", wellbeing.stopped, name="stopped"),
    path("looks/", preferences.page, name="preferences"),
    path("sign-out-everywhere/", admin.begin_anew, name="begin-anew"),
    path("second/", second.waiting, name="second"),
    path("second/<uuid:item_id>/", second.answer, name="second-item"),
    path("precedents/", precedents.page, name="precedents"),
    path("items/<uuid:item_id>/ask/", asking.page, name="ask"),
    path("rules/", rules.page, name="rules"),
    path("rules/<number:rule_id>/off/", rules.off, name="rule-off"),
    path("agreement/", agreement.page, name="agreement"),
    path("disputes/<number:opinion_id>/settle/", agreement.settle, name="settle"),
    path("items/<uuid:item_id>/words/", workspace.words, name="words"),
    path("items/<uuid:item_id>/show/", looking.show, name="show"),
    path("items/<uuid:item_id>/hold/", looking.hold, name="hold-look"),
    path("let-go/", looking.let_go, name="let-go"),
    path("items/<uuid:item_id>/take-off/", deciding.take_off, name="take-off"),
    path("items/<uuid:item_id>/proof/", deciding.keep_as_proof, name="keep-as-proof"),
    path("decisions/<number:decision_id>/undo/", deciding.undo, name="undo"),
    path("decisions/<number:decision_id>/now/", deciding.hurry, name="hurry"),
    path("decisions/<number:decision_id>/hold/", deciding.hold, name="hold-decision"),
    path("notes/<number:note_id>/", views.note, name="note"),
    path("previews/<str:token>/", looking.preview, name="preview"),
]
