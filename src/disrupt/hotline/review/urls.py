"""The addresses of review."""

from __future__ import annotations

from django.urls import path

from disrupt.hotline.review import (
    agreement,
    claiming,
    correspondence,
    deciding,
    evidence_pages,
    holding,
    looking,
    mine,
    second,
    today,
    views,
    workspace,
)

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("begin/", claiming.begin, name="begin"),
    path("search/", views.search, name="search"),
    path("partners/", views.partners, name="partners"),
    path("accesses/", views.accesses, name="accesses"),
    path("figures/", today.today, name="today"),
    path("figures/mine/", mine.mine, name="mine"),
    path("cases/<uuid:case_id>/", views.case, name="case"),
    path("messages/", correspondence.waiting, name="correspondence"),
    path("cases/<uuid:case_id>/messages/", correspondence.thread, name="messages"),
    path("cases/<uuid:case_id>/answer/", correspondence.answer, name="answer"),
    path("cases/<uuid:case_id>/called/", correspondence.called, name="called"),
    path("cases/<uuid:case_id>/read/", views.have_read, name="have-read"),
    path("cases/<uuid:case_id>/take-off/", holding.take_off_case, name="take-off-case"),
    path("cases/<uuid:case_id>/let-through/", holding.let_case_through, name="let-case-through"),
    path("items/<uuid:item_id>/let-through/", holding.let_through, name="let-through"),
    path("items/<uuid:item_id>/keep-off/", holding.keep_off, name="keep-off"),
    path("cases/<uuid:case_id>/ledger/", views.case_ledger, name="ledger"),
    path("cases/<uuid:case_id>/evidence/", evidence_pages.page, name="evidence"),
    path("evidence/<int:request_id>/allow/", evidence_pages.allow, name="allow-evidence"),
    path("evidence/<int:request_id>/file/", evidence_pages.take, name="take-evidence"),
    path("cases/<uuid:case_id>/claim/", claiming.prolong, name="prolong"),
    path("cases/<uuid:case_id>/open/", claiming.open_case, name="open"),
    path("cases/<uuid:case_id>/hand-over/", claiming.hand_over, name="hand-over"),
    path("cases/<uuid:case_id>/skip/", claiming.skip, name="skip"),
    path("cases/<uuid:case_id>/take-over/", claiming.take_over, name="take-over"),
    path("items/<uuid:item_id>/", workspace.item, name="item"),
    path("second/", second.waiting, name="second"),
    path("second/<uuid:item_id>/", second.answer, name="second-item"),
    path("agreement/", agreement.page, name="agreement"),
    path("disputes/<int:opinion_id>/settle/", agreement.settle, name="settle"),
    path("items/<uuid:item_id>/words/", workspace.words, name="words"),
    path("items/<uuid:item_id>/show/", looking.show, name="show"),
    path("items/<uuid:item_id>/take-off/", deciding.take_off, name="take-off"),
    path("items/<uuid:item_id>/proof/", deciding.keep_as_proof, name="keep-as-proof"),
    path("decisions/<int:decision_id>/undo/", deciding.undo, name="undo"),
    path("decisions/<int:decision_id>/now/", deciding.hurry, name="hurry"),
    path("notes/<int:note_id>/", views.note, name="note"),
    path("previews/<str:token>/", looking.preview, name="preview"),
]
