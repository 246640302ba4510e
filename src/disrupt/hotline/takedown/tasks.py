"""The duties of the takedown app, the worker's (send, name what is in doubt, forget) and the checker's."""

from __future__ import annotations

from disrupt.hotline.common.outbound import pace
from disrupt.hotline.common.running.sweep import MAIL, Duty, NowAndThen
from disrupt.hotline.takedown import queries, targets
from disrupt.hotline.takedown.answers import arriving
from disrupt.hotline.takedown.channels import reconciling
from disrupt.hotline.takedown.complaint import wishes
from disrupt.hotline.takedown.figures import counting
from disrupt.hotline.takedown.planning import escalation
from disrupt.hotline.takedown.posting import sending
from disrupt.hotline.takedown.tracing import registries, trace
from disrupt.hotline.takedown.watch import visiting

DUTIES: tuple[Duty, ...] = (
    Duty("takedown.doubt", queries.in_doubt, sending.doubt, lane=MAIL),
    Duty("takedown.send", queries.due_by_mail, sending.send, lane=MAIL),
    Duty("takedown.answers", arriving.waiting, arriving.take_file),
    Duty("takedown.answers_left", arriving.left_too_long, arriving.throw_away),
    Duty("takedown.mailbox", NowAndThen(arriving.mailboxes, 60), arriving.read_mailbox, lane="answers"),
    Duty("takedown.forget_answers", arriving.forgettable, arriving.forget),
    Duty("takedown.wishes", wishes.due, wishes.follow),
    Duty("takedown.asked", wishes.wanted, wishes.prepare),
    Duty("takedown.plan", escalation.unplanned, escalation.plan_it),
    Duty("takedown.close", escalation.too_late, escalation.close),
    Duty("takedown.figures", counting.Due(), counting.count, lane="figures"),
    Duty("takedown.forget", targets.forgettable, targets.forget),
    Duty("takedown.forget_visits", pace.forgettable, pace.forget),
)

# Beside looking at addresses: what calls on strangers is done where nothing that opens is held.
CHECKER_DUTIES: tuple[Duty, ...] = (
    Duty("takedown.hand_over", queries.due_elsewhere, sending.send),
    Duty("takedown.reconcile", reconciling.due, reconciling.reconcile),
    Duty("takedown.read_guards", reconciling.unread, reconciling.read),
    Duty("takedown.trace", trace.due, trace.trace),
    Duty("takedown.forget_holders", registries.forgettable, registries.forget),
)

# In a lane of its own: a page of forty pictures takes minutes by politeness alone.
WATCH_DUTIES: tuple[Duty, ...] = (
    Duty("takedown.watch_source", visiting.unread, visiting.read_source),
    Duty("takedown.watch_page", visiting.due, visiting.visit),
)
