"""Today page: what is asked of the person now, today and in the next days, and what waits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.data_rights import own_record
from mesure.actions.incidents import incident_review
from mesure.actions.orders import absences
from mesure.privacy.roles import Role
from mesure.web.portal import asked, sign_ins
from mesure.web.portal.asked import DutySpan
from mesure.web.shared import record_heading
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


@dataclass(frozen=True, slots=True)
class NextDuty:
    """The duty that begins first, and when."""

    words: str
    when: str


def show(visit: PageVisit) -> Response:
    """Show what is asked."""
    record = record_heading.own(visit)
    at, zone, catalogue = visit.context.now, record.zone, visit.texts.catalogue
    following = asked.next_duty(record.versions, at, catalogue)
    contents = {
        "today": record.today(visit),
        "now": at,
        "zone": zone,
        "now_asked": [_now(one, record) for one in asked.now(record.versions, at, catalogue)],
        "next_asked": None if following is None else _next(following, visit, record),
        "week": asked.week(record.versions, at, zone, catalogue),
        "always": asked.always(record.versions, at, catalogue),
        "order": record_heading.in_words(visit, record),
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
            kind, sign = (
                ("done", "done")
                if absence.kept.stage == absences.AbsenceStage.GRANTED
                else ("amiss", "amiss")
            )
            title = catalogue.text("Your absence: {state}", state=line.state)
            items.append(PendingItem(kind, sign, "/portal/absences", title, line.when))
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


def _now(duty: DutySpan, record: PersonRecord) -> CurrentDuty:
    return CurrentDuty(duty.words, f"{duty.span.end.astimezone(record.zone):%H:%M}")


def _next(duty: DutySpan, visit: PageVisit, record: PersonRecord) -> NextDuty:
    when = visit.texts.near(duty.span.start, visit.context.now, record.zone)
    return NextDuty(duty.words, when)
