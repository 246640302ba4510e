"""Matter for every page of the console: what waits, what was decided, what came back; the oddest among it."""

from __future__ import annotations

HOSTNAME = ".".join(["a" * 60, "b" * 60, "c" * 60, "d" * 55, "example"])
RTL = "\u202egpj.eotohp\u202c \u2067\u0645\u0631\u062d\u0628\u0627\u2069 \u200f\u05e9\u05dc\u05d5\u05dd"
LONGWORD = "x" * 400

MATTER = f"""
import datetime as dt
import json
from django.contrib.auth.models import User
from benchmarks.years import Year, write
from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import jottings, legal_holds, messages
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import AgeWhenTaken, HoldMotive, Item, Qualification, Reporter, SealedKind
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.cases.threats import Threat, to_text
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import OPERATOR, REPORTER, analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import holding, rules, services as decisions, undoing
from disrupt.hotline.decisions.effect import put_in_force
from disrupt.hotline.exchange import services as exchange
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.hearing.secondlook import ask_for_review
from disrupt.hotline.review.dossier import evidence
from disrupt.hotline.review.people import invitations
from disrupt.hotline.takedown.models import Answer, Hit, Notice, Source
from disrupt.hotline.takedown.planning import halts
from disrupt.protocol.stopncii import Opinion, Posted, Signal
from django.db import transaction
from tests.functional.fill_bank import hex_of
from tests.hotline.processing.test_family import edited
from tests.hotline.processing.working import jpeg
from tests.hotline.review.pages import film

alice, bob = analyst(User.objects.get(username="alice").pk), analyst(User.objects.get(username="bob").pk)
ADULT = AgeWhenTaken.ADULT

def send(name, *files, age=ADULT, language="fr", **more):
    deposited = tuple(DepositedFile(vault.deposit([data]), len(data)) for data in files)
    return open_case(Report(name, language, Reporter.SELF, age, files=deposited, **more)).case

def settle(item, code="NCII-DIF", **more):
    with transaction.atomic():
        put_in_force(item, decisions.qualify(item, code, bob, **more), bob)

photo, other, known = jpeg(81, 700), jpeg(83, 900), jpeg(82, 700)
write([Year(2024, 1200, 900, 500, 400, 60), Year(2025, 2400, 1800, 1000, 700, 200)], sites=9)
plain = send("plain", other)
parts = ["Il a tout publié hier soir, je veux mourir. " * 12, {RTL!r}, {LONGWORD!r}]
long = "\\n\\n".join(parts * 30)[:20_000]
told = Threat("{HOSTNAME}", {RTL!r}, "Paie avant demain. " + "w" * 300, "demain", danger=True)
odd = send("odd", *(jpeg(n, 240) for n in range(100, 138)), urls=(
    "https://{HOSTNAME}/" + "p" * 900, "https://example.org/" + "%D8%B4" * 60 + "/%E2%80%AEgpj"), threat=True,
    description=vault.seal(long), told=vault.seal(to_text(told)),
    contacts=(Contact(SealedKind.EMAIL, vault.seal("o" * 60 + "@{HOSTNAME}"), safe=True),))
minor = send("minor", jpeg(6), age=AgeWhenTaken.MINOR)
family = send("family", photo, edited(photo, "mirrored"), edited(photo, "cropped"))
send("second", photo)
send("third", edited(photo, "bordered"))
moving = send("film", film(4))
spoilt = send("spoilt", photo[:900])
mail = Contact(SealedKind.EMAIL, vault.seal("c@example.org"), safe=True)
places = [f"https://images.example.net/{{n}}" for n in range(1, 5)]
links = send("links", urls=(*places, "https://{HOSTNAME}/album/"), contacts=(mail,))
for item in links.items.all():
    settle(item)
before = send("before", known)
settle(before.items.get())
again = send("again", edited(known, "smaller"))
waits = send("waits", jpeg(90), jpeg(91), urls=("https://forum.example.com/t/9",))
for item, code in zip(waits.items.order_by("position"), ("NCII-DIF", "OUT", "NCII-CAP")):
    why = "CONSENT" if code == "OUT" else ""
    decisions.qualify(item, code, bob, reason=why, reasoning="Vu et pesé. " * 9)
undoing.hold(Qualification.objects.get(item=waits.items.get(position=1)), alice, "la police rappelle ce soir")
doubted = send("doubted", jpeg(93), threat=True)
decisions.qualify(doubted.items.get(), "OUT", bob, reason="CONSENT")
words = vault.seal("They asked for money.")
written = send("written", jpeg(92), language="en", description=words, threat=True)
messages.write(written, "Is there any news? " + {RTL!r} + " " + {LONGWORD!r}, REPORTER, "t1")
messages.write(written, "We are looking at it.", alice, "t2")
messages.write(written, "Thank you. " * 40, REPORTER, "t3")
jottings.write(written, "Called back at noon. " + {LONGWORD!r}, bob)
legal_holds.ask(written, list(HoldMotive)[0], clock.now() + dt.timedelta(days=90), bob, "PV 2026/1")
evidence.ask(written, User.objects.get(username="bob"), "court")
invitations.invite("carole", "senior", alice)
rules.turn_on("NCII-DIF", list(rules.How)[0], alice)
halts.stop("forum.example.com", bob, "the host asks for a single contact; " * 6)
partner = exchange.create_partner("A platform with a rather long name, Incorporated", OPERATOR)
hashes = [Posted(Signal.IMAGE_PDQ, hex_of(str(n)), Opinion.BLOCKED, ()) for n in range(5)]
contributions.submit_hashes(partner, hashes)
now = clock.now()
right = dict(right="agreement of 3 May", added_by=str(alice), added_at=now, read_at=now)
Source.objects.create(kind="page", url="https://{HOSTNAME}/list", **right)
cases = dict(
    plain=plain, odd=odd, minor=minor, family=family, film=moving, spoilt=spoilt, links=links,
    again=again, waits=waits, written=written, doubted=doubted)
sent = {{name: str(case.pk) for name, case in cases.items()}}
sent["held"], sent["pending"] = (str(item.pk) for item in waits.items.order_by("position")[:2])
print(json.dumps(sent))
"""
AFTER = f"""
import json
from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.hearing.secondlook import ask_for_review
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.takedown.figures.counting import count
from disrupt.hotline.takedown.models import Answer, Hit, HostFigures, Notice, Source
entry = BankEntry.objects.first()
ask_for_review(entry.pk, Partner.objects.get())
for one in Notice.objects.filter(host="images.example.net"):
    Notice.objects.filter(pk=one.pk).update(state="sent", sent_at=clock.now())
count(None)
for name in HostFigures.objects.values_list("name", flat=True):
    count(name)
notice = Notice.objects.filter(step="host").first() or Notice.objects.first()
came = (("bounce", notice), ("reply", notice), ("receipt", notice), ("unmatched", None))
for n, (kind, one) in enumerate(came):
    Answer.objects.create(
        digest=f"{{n:064}}", notice=one, kind=kind, sender="abuse@{HOSTNAME}"[:254],
        subject="Re: [abuse] " + {RTL!r} + " subject" * 20,
        text={RTL!r} + "\\n" + "line of text " * 60 + {LONGWORD!r}, at=clock.now())
Hit.objects.create(
    digest="h" * 64, source=Source.objects.get(), page="https://{HOSTNAME}/" + "q" * 300,
    media="https://{HOSTNAME}/i.jpg", entry=entry, distance=4, found_at=clock.now())
print(json.dumps({{"notice": str(notice.pk)}}))
"""
