"""The addresses of the portal: neutral words, and nothing in them that could name a case."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.intake.asking.views import code, many, report, sending, steps, stopping, witness
from disrupt.hotline.intake.following.views import (
    additions,
    additions_device,
    contact,
    export,
    follow,
    lost,
    messages,
    wishes,
)
from disrupt.hotline.intake.following.views import many as many_codes
from disrupt.hotline.intake.library import views as library
from disrupt.hotline.intake.receiving import views as receiving
from disrupt.hotline.intake.visit import views as visit

app_name = "intake"
urlpatterns = [
    path("", visit.home, name="home"),
    path("leave/", visit.leave, name="leave"),
    path("form/", report.report, name="form"),
    path("steps/stop/", stopping.stop, name="stop"),
    path("steps/stopped/", stopping.stopped, name="stopped"),
    path("steps/other/", stopping.other, name="other"),
    path("steps/child/", witness.child, name="child"),
    path("steps/many/", many.many, name="many"),
    path("steps/wait/", sending.wait, name="wait"),
    path("steps/now/", steps.step, {"name": "now"}, name="threat"),
    path("steps/<slug:name>/", steps.step, name="step"),
    path("stay/", stopping.stay, name="stay"),
    path("files/", receiving.uploads, name="uploads"),
    path("files/<slug:name>/", receiving.upload, name="upload"),
    path("code/", code.code, name="code"),
    path("code/sent/", code.sent, name="sent"),
    path("code/notes.txt", code.code_file, name="code-file"),
    path("follow/", follow.follow, name="follow"),
    path("follow/many/", many_codes.many, name="many-follow"),
    path("follow/lost/", lost.lost, name="lost"),
    path("follow/lost/sent/", lost.sent, name="lost-sent"),
    path("follow/now/", follow.status, name="status"),
    path("follow/now/<number:number>/", follow.withdraw_item, name="withdraw-item"),
    path("follow/now/messages/", messages.messages, name="messages"),
    path("follow/now/add/", additions.add, name="add"),
    path("follow/now/files/", receiving.uploads, {"of_case": True}, name="case-uploads"),
    path("follow/now/files/<slug:name>/", receiving.upload, {"of_case": True}, name="case-upload"),
    path("follow/now/device/", additions_device.device, name="add-device"),
    path("follow/now/contact/", contact.contact, name="contact"),
    path("follow/now/more/", wishes.wishes, name="wishes"),
    path("follow/now/notes.html", export.everything, name="export"),
    path("follow/now/document.pdf", export.document, name="document"),
    path("follow/now/all/", follow.withdraw_all, name="withdraw-all"),
    path("follow/now/keep/", follow.keep, name="keep"),
    path("follow/now/goes-on/", follow.goes_on, name="goes-on"),
    path("follow/now/end/", follow.erase, name="erase"),
    path("follow/close/", follow.close, name="close"),
    path("done/", visit.gone, name="gone"),
    path(_("help/"), library.index, name="help"),
    path(_("help/<slug:slug>/"), library.page, name="help-page"),
]
