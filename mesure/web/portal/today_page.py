"""Today page: what is asked of the person now, today and in the next days, and what waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.data_rights import own_record
from mesure.actions.incidents import incident_review
from mesure.actions.orders import absences
from mesure.orders.text.catalogue import Catalogue
from mesure.privacy.roles import Role
from mesure.web.portal import asked as duties
from mesure.web.portal.access import sign_ins
from mesure.web.portal.asked import DutySpan
from mesure.web.shared import paper_rows, record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import absence_words, charge_words, device_health, incident_phrases

LATELY: Final = timedelta(days=3)
ANSWERS: Final = {
    absences.AbsenceStage.GRANTED,
    absences.AbsenceStage.REFUSED,
    absences.AbsenceStage.REVOKED,
}


@dataclass(frozen=True, slots=True)
class CurrentDuty:
    """A duty of this moment, and until what time."""

    words: str
    until: str


@dataclass(frozen=True, slots=True)
class PendingItem:
    """Something that waits for the person, or was answered lately."""

    kind: str
    sign: str
    address: str
    title: str
    words: str


# Sentences of which a script makes the same again from the week on the page, without a network.
def _sentences(catalogue: Catalogue) -> dict[str, str]:
    return {
        "now": catalogue.text("Now, at {clock}"),
        "applies": catalogue.text("This applies now"),
        "nothing": catalogue.text("Nothing applies now"),
        "until": catalogue.text("until {clock}"),
        "today": catalogue.text("today at {clock}"),
        "tomorrow": catalogue.text("tomorrow at {clock}"),
        "begins": catalogue.text("Next, {when}, this begins: {what}."),
        "then": catalogue.text("Then, {when}, this begins: {what}."),
        "ends": catalogue.text("Next, {when}, this ends: {what}."),
        "over": catalogue.text("This page is too old to say what applies now."),
        "ask": catalogue.text("Read your order below, or ask your officer."),
        "worked": catalogue.text("Worked out by this phone from the week below."),
    }


def show(visit: PageVisit) -> Response:
    """Show what is asked."""
    record = record_heading.own(visit)
    at, zone, catalogue = visit.context.now, record.zone, visit.texts.catalogue
    contents = {
        "today": record.today(visit),
        "zone": zone,
        "now_asked": [
            _now(duty, visit, record) for duty in duties.now(record.versions, at, catalogue)
        ],
        "next_asked": list(_edges(visit, record)),
        "ends": _ends(visit, record),
        "horizon": duties.horizon(at),
        "sentences": _sentences(catalogue),
        "week": duties.week(record.versions, at, zone, catalogue),
        "always": duties.always(record.versions, at, catalogue),
        "order": record_heading.in_words(visit, record),
        "papers": paper_rows.in_force(visit, record, "/portal/papers"),
        "may_act": visit.actor.role is Role.PERSON,
        "waiting": _waiting(visit, record),
        "devices": _devices(visit, record),
        "charge": charge_words.rows(record.shown.in_charge, visit.texts),
    }
    return visit.page("today.html", **contents)


def _waiting(visit: PageVisit, record: PersonRecord) -> list[PendingItem]:
    """Return what the person can answer now, and answers to what they asked lately."""
    catalogue, now = visit.texts, visit.context.now
    heads = visit.perform(
        incident_review.list_incidents, incident_review.IncidentsRequest(record.person, waits=True)
    )
    items = [
        PendingItem(
            "wait",
            "notice",
            f"/portal/notices/{head.incident}",
            incident_phrases.title(head.kind, visit.texts),
            catalogue.text(
                "{when}. You can say what happened.",
                when=catalogue.stretch(head.start_at, head.end_at, now, record.zone),
            ),
        )
        for head in heads
    ]
    for absence in visit.perform(absences.list_absences, absences.AbsencesRequest(record.person)):
        answered = absence.kept.answered_at
        if answered is not None and now - answered < LATELY and absence.kept.stage in ANSWERS:
            line = absence_words.line(absence, visit.texts, now, record.zone)
            sign = "done" if absence.kept.stage == absences.AbsenceStage.GRANTED else "amiss"
            title = catalogue.text("Your absence: {state}", state=line.state)
            items.append(PendingItem(sign, sign, "/portal/absences", title, line.when))
    return [*_new_card(visit, record), *items]


def _new_card(visit: PageVisit, record: PersonRecord) -> list[PendingItem]:
    """Return that a card was printed lately; only the person themselves is asked about it."""
    card = sign_ins.new_card(visit, record.person) if visit.actor.role is Role.PERSON else None
    if card is None:
        return []
    catalogue, now, zone = visit.texts, visit.context.now, record.zone
    when = catalogue.near(card.given_at, now, zone)
    sentences = [catalogue.text("Printed {when} by {who}.", when=when, who=card.given_by or "–")]
    if card.pin_chosen_at is not None:
        first = catalogue.near(card.pin_chosen_at, now, zone)
        used = catalogue.text("Used first {when}. Was that not you? Ask for another.", when=first)
        sentences.append(used)
    title = catalogue.text("You have a new card to sign in")
    return [PendingItem("wait", "lock", sign_ins.ADDRESS, title, Markup(" ").join(sentences))]


def _devices(visit: PageVisit, record: PersonRecord) -> list[device_health.DeviceSummary]:
    carried = visit.perform(own_record.health, own_record.OwnRecordRequest(record.person))
    now = visit.context.now
    return [device_health.of(one, visit.texts, now, record.zone) for one in carried]


def _now(duty: DutySpan, visit: PageVisit, record: PersonRecord) -> CurrentDuty:
    """Return a duty with its end, where that is within a day: another day is said with its date."""
    now, end = visit.context.now, duty.span.end
    if end >= duties.horizon(now):
        return CurrentDuty(duty.words, "")
    if end - now < timedelta(days=1):
        return CurrentDuty(duty.words, visit.texts.clock(end, record.zone))
    return CurrentDuty(duty.words, visit.texts.near(end, now, record.zone))


def _edges(visit: PageVisit, record: PersonRecord) -> Iterator[str]:
    """Yield what changes next; where something ends, then also what begins first after it."""
    catalogue, now = visit.texts, visit.context.now
    edges = duties.next_edges(record.versions, now, catalogue.catalogue)
    for number, edge in enumerate(edges):
        when = catalogue.near(edge.at, now, record.zone)
        what = catalogue.text("; ").join(edge.words)
        if number:
            yield catalogue.text("Then, {when}, this begins: {what}.", when=when, what=what)
        elif edge.begins:
            yield catalogue.text("Next, {when}, this begins: {what}.", when=when, what=what)
        else:
            yield catalogue.text("Next, {when}, this ends: {what}.", when=when, what=what)


def _ends(visit: PageVisit, record: PersonRecord) -> list[tuple[datetime, str]]:
    """Return when each order ends, in a sentence; with its name where there are several."""
    catalogue, zone = visit.texts, record.zone
    ends = duties.order_ends(record.versions, visit.context.now)
    lines: list[tuple[datetime, str]] = []
    for order, end in sorted(ends.items(), key=lambda item: item[1]):
        if end.astimezone(zone).time() == time():
            day = catalogue.day(end - timedelta(minutes=1), zone)
            line = catalogue.text("The last day of your order is {day}.", day=day)
        else:
            moment = catalogue.moment(end, zone)
            line = catalogue.text("Your order ends on {moment}.", moment=moment)
        lines.append((end, line if len(ends) == 1 else catalogue.text(": ").join((order, line))))
    return lines
