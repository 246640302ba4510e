"""What happened in a case, step by step, in plain words for the person concerned."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

STEPS: Mapping[str, str | Promise] = {
    "item.banked": pgettext_lazy("reporter", "Fingerprint made, and put on the list for our partners"),
    "item.protected": pgettext_lazy("reporter", "Ready for our partners to fetch"),
    "content.destroyed": pgettext_lazy("reporter", "Your file was destroyed, and we checked that it was"),
    "item.police_notified": pgettext_lazy("reporter", "Police notified"),
    "item.host_notified": pgettext_lazy("reporter", "Site asked to remove the content"),
    "item.host_reminded": pgettext_lazy("reporter", "Site reminded"),
    "item.removed": pgettext_lazy("reporter", "Content removed"),
    "item.back_online": pgettext_lazy("reporter", "Content back online"),
    "item.stays": pgettext_lazy("reporter", "We could not get it removed so far; we go on looking at it"),
    "item.withdrawn": pgettext_lazy("reporter", "Cancelled by you"),
    "item.stop_asked": pgettext_lazy("reporter", "Somebody who has the same file asked us to stop"),
    "item.stop_refused": pgettext_lazy("reporter", "You said no: it goes on"),
    "item.stopped": pgettext_lazy("reporter", "Stopped: asked for by the file, and nobody said no"),
    "item.held": pgettext_lazy("reporter", "Waits for a person to look at it"),
    "item.let_through": pgettext_lazy("reporter", "Looked at by a person"),
    "item.not_offered": pgettext_lazy("reporter", "Not given to our partners, by an analyst’s decision"),
    "item.taken_off": pgettext_lazy("reporter", "Taken off our partners’ lists by an analyst"),
    "item.kept_as_proof": pgettext_lazy("reporter", "Kept as a proof: it goes to no partner"),
}
SAID_REMOVED_STEP = pgettext_lazy("reporter", "The site says that it is removed: we look whether it is so")
EXAMINED_STEP = pgettext_lazy("reporter", "An analyst has begun to look at it")
RECEIVED_STEP = pgettext_lazy("reporter", "Received")
ACCEPTED_STEP = pgettext_lazy("reporter", "Examined: the content is illegal")
REJECTED_STEP = pgettext_lazy("reporter", "Examined: we do not act")
# Nobody has looked at what a device declared, and nothing of it is destroyed: it is told in fewer steps.
DECLARED_STEPS: Mapping[str, str | Promise] = {
    "item.banked": pgettext_lazy("reporter", "Put on the list for our partners"),
    "item.withdrawn": STEPS["item.withdrawn"],
    "item.stop_asked": STEPS["item.stop_asked"],
    "item.stop_refused": STEPS["item.stop_refused"],
    "item.stopped": STEPS["item.stopped"],
    "item.held": STEPS["item.held"],
    "item.let_through": STEPS["item.let_through"],
    "item.not_offered": STEPS["item.not_offered"],
    "item.taken_off": STEPS["item.taken_off"],
}

# Every other event of the journal, for the page of everything held.
JOURNAL: Mapping[str, str | Promise] = {
    "case.opened": pgettext_lazy("journal", "Report received"),
    "case.closed": pgettext_lazy("journal", "Report finished"),
    "case.reopened": pgettext_lazy("journal", "Report open again"),
    "texts.ending": pgettext_lazy("journal", "Told that texts and contact end soon"),
    "texts.ended": pgettext_lazy("journal", "Texts and contact destroyed: their longest time had come"),
    "texts.prolonged": pgettext_lazy("journal", "Texts and contact kept longer"),
    "case.purged": pgettext_lazy("journal", "Texts and contact destroyed: their time had come"),
    "items.added": pgettext_lazy("journal", "Something added"),
    "item.decided": pgettext_lazy("journal", "Decision made, not final yet"),
    "item.undone": pgettext_lazy("journal", "Decision taken back before it took effect"),
    "item.hurried": pgettext_lazy("journal", "Decision made final before its time: it was urgent"),
    "item.qualified": pgettext_lazy("journal", "Decision final"),
    "item.taken_off": pgettext_lazy("journal", "Fingerprint taken off by an analyst"),
    "item.held": pgettext_lazy("journal", "Waits for a person"),
    "item.disputed": pgettext_lazy("journal", "A partner asked for a second look"),
    "item.let_through": pgettext_lazy("journal", "Let through by a person"),
    "item.not_offered": pgettext_lazy("journal", "Not given to partners, by an analyst’s decision"),
    "case.taken_off": pgettext_lazy("journal", "All fingerprints taken off by an analyst"),
    "item.destroyed": pgettext_lazy("journal", "Proof destroyed: its time had come"),
    "item.closed": pgettext_lazy("journal", "Nothing more to do"),
    "entry.withdrawn": pgettext_lazy("journal", "Fingerprint taken off our partners’ lists"),
    "content.viewed": pgettext_lazy("journal", "Content looked at"),
    "content.previewed": pgettext_lazy("journal", "Content looked at, blurred"),
    "notice.scheduled": pgettext_lazy("journal", "Letter to the police or to a site prepared"),
    "notice.sent": pgettext_lazy("journal", "Letter to the police or to a site sent"),
    "notice.joined": pgettext_lazy("journal", "Already reported by somebody else: we go on for you too"),
    "notice.bounced": pgettext_lazy("journal", "Letter to the police or to a site came back"),
    "notice.host_asked": pgettext_lazy("journal", "Registries were asked who hosts the address"),
    "notice.contact_found": pgettext_lazy("journal", "A contact of the host was found"),
    "notice.described": pgettext_lazy("journal", "Said where in the page the content is"),
    "notice.answer_assigned": pgettext_lazy("journal", "An answer of the site was filed"),
    "notice.hurried": pgettext_lazy("journal", "A step done before its time"),
    "notice.held": pgettext_lazy("journal", "A step put on hold"),
    "notice.let_go": pgettext_lazy("journal", "A step no longer on hold"),
    "notice.delivered": pgettext_lazy("journal", "A letter reported as delivered by the recipient’s server"),
    "notice.acknowledged": pgettext_lazy("journal", "Receipt of a letter confirmed"),
    "notice.decided": pgettext_lazy("journal", "What a recipient decided was recorded"),
    "notice.wait_changed": pgettext_lazy("journal", "The wait before a letter to a site changed"),
    "notice.readdressed": pgettext_lazy("journal", "A letter given another address"),
    "notice.resend": pgettext_lazy("journal", "A letter given out again"),
    "notice.uncertain": pgettext_lazy("journal", "A letter was perhaps sent: a person looks"),
    "notice.failed": pgettext_lazy("journal", "A letter could not be sent"),
    "notice.refused": pgettext_lazy("journal", "A letter was refused by the recipient’s server"),
    "complaint.made": pgettext_lazy("journal", "The file of a complaint to the regulator made"),
    "notice.look_asked": pgettext_lazy("journal", "A look at the address asked for"),
    "notice.police_waived": pgettext_lazy("journal", "Letter to a site sent without waiting for the police"),
    "notice.cancelled": pgettext_lazy("journal", "Letter to the police or to a site cancelled"),
    "mandate.asked": pgettext_lazy("journal", "You asked for a step that needs your mandate"),
    "mandate.refused": pgettext_lazy("journal", "You refused a step that needs your mandate"),
    "mandate.open": pgettext_lazy("journal", "You left open a step that needs your mandate"),
    "mandate.recorded": pgettext_lazy("journal", "Your signed mandate noted"),
    "mandate.ended": pgettext_lazy("journal", "Mandate ended"),
    "hold.asked": pgettext_lazy("journal", "Kept for the police or a court: nothing is destroyed"),
    "hold.confirmed": pgettext_lazy("journal", "That it is kept was confirmed"),
    "hold.ended": pgettext_lazy("journal", "Kept no longer for the police or a court"),
    "note.read": pgettext_lazy("journal", "Your text or contact read"),
    "case.read": pgettext_lazy("journal", "Your report read by a person"),
    "note.destroyed": pgettext_lazy("journal", "Your text or contact destroyed"),
    "message.written": pgettext_lazy("journal", "Message written"),
    "message.answered": pgettext_lazy("journal", "Message answered"),
    "message.read": pgettext_lazy("journal", "Messages read"),
    "message.destroyed": pgettext_lazy("journal", "Message destroyed"),
    "contact.changed": pgettext_lazy("journal", "Contact changed"),
    "contact.bounced": pgettext_lazy("journal", "Our mail came back"),
    "letter.sent": pgettext_lazy("journal", "Mail “something is new” sent"),
    "letter.failed": pgettext_lazy("journal", "Mail “something is new” not sent"),
    "letter.uncertain": pgettext_lazy("journal", "Mail “something is new” perhaps sent"),
    "reporter.called": pgettext_lazy("journal", "You were called"),
}
