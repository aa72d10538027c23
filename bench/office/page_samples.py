"""What each page of a full house is asked for: an example for whatever varies in an address.

What a page is about is made here by the real actions: a draft, a list of venues, an absence, a
ground, a document. The examples are of one officer's people: the busiest, who has many times as
many incidents as others, in one of every four, and ordinary ones.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from bench.office.filled_house import BEGAN, NOW, FilledOffice, OfficePerson, incident_of
from mesure.actions.accounts import sessions
from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import NoteKind, WriteNote
from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import DataCategory, RecordOutsideRequest, Urgency
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import WriteHandover
from mesure.actions.framework import action as acting
from mesure.actions.framework.action import Action, ActionContext, EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor, Context
from mesure.actions.incidents import contests, statistics
from mesure.actions.incidents.contests import AttachDocument
from mesure.actions.notifications import webhooks
from mesure.actions.orders import absences, court_orders, court_papers, order_drafts, venue_review
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.orders.court_orders import EndOrder
from mesure.actions.orders.court_papers import AttachPaper
from mesure.actions.orders.order_drafts import BeginDraft
from mesure.actions.orders.venue_review import ImportVenues, VenueInput
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.record_types import Register
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import RecordGround
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from tests.web import filled

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741

ONES: Final = 8  # Persons whose pages are opened in turn.
BUSIEST_OF: Final = 4  # One in this many is the busiest.
VENUES: Final = 200
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


class Samples:
    """Everything that addresses are made of."""

    def __init__(self, context: Callable[[Actor, datetime], Context], house: FilledOffice) -> None:
        self._context, self._house = context, house
        self.actors = {
            "officer": house.officers[0],
            "supervisor": house.supervisor,
            "inspector": house.inspector,
            "operator": house.operator,
            **house.accounts,
        }
        self._list = self._venues()
        self._do(PROGRAM, statistics.count, EmptyRequest())
        self.sessions = {name: self._session(actor) for name, actor in self.actors.items()}
        mine = [one for one in house.people if one.officer == house.officers[0].account]
        ordinary = [one for one in mine if one is not mine[0]] or mine
        ones = [
            mine[0] if at % BUSIEST_OF == 0 else ordinary[at % len(ordinary)] for at in range(ONES)
        ]
        people = {one.id: one for one in ones}.values()
        examples = {one.id: self._made(one) for one in people}
        own = {one.id: self._own_sessions(one) for one in people}
        self.examples = [examples[one.id] for one in ones]
        # Of those who see one record: the sessions with which each of the examples is opened.
        self.own = {
            role.value: [own[one.id][role] for one in ones] for role in (Role.PERSON, Role.COUNSEL)
        }

    def _do(self, actor: Actor, action: Action[I, O], request: I, at: datetime = NOW) -> O:
        return acting.perform(self._context(actor, at), action, request)

    def _session(self, actor: Actor) -> str:
        context = self._context(actor, NOW)

        def begin(work: Any) -> str:  # noqa: ANN401
            return sessions.begin(
                ActionContext(work, context, webhooks.list_webhooks, None), actor.account
            )

        return context.store.write(begin)

    def _own_sessions(self, someone: OfficePerson) -> dict[Role, str]:
        """Open the accounts of a person and of their counsel, and have them sign in."""
        person = Actor(f"A-own-{someone.id}", Role.PERSON, someone.id)
        counsel = Actor(
            f"A-counsel-{someone.id}", Role.COUNSEL, someone.id, let_in_by=person.account
        )
        context = self._context(PROGRAM, NOW)

        def open_sessions(work: WriteTransaction) -> None:
            rows = Register(work, context.keyring, context.salts, BEGAN)
            for actor in (person, counsel):
                by = actor.let_in_by or someone.officer
                until_at = NOW + timedelta(days=30) if actor is counsel else None
                account = Account(
                    someone.id, actor.role, BEGAN, by, person=someone.id, until_at=until_at
                )
                rows.add(ACCOUNT, actor.account, account)

        context.store.write(open_sessions)
        return {actor.role: self._session(actor) for actor in (person, counsel)}

    def _made(self, someone: OfficePerson) -> dict[str, str]:
        """Return everything about a person that an address may name."""
        officer = self._house.officers[0]
        reason = "Night shift at the bakery"
        start_at = NOW + timedelta(days=2)
        until_at = start_at + timedelta(hours=6)
        request = RequestAbsence(
            order=someone.order, conditions=("C1",), start_at=start_at, until_at=until_at,
            reason=reason,
        )  # fmt: skip
        end = EndOrder(someone.order, NOW + timedelta(days=40), "1-255/2026", "On appeal.")
        self._do(officer, court_orders.end, end)
        absence = self._do(officer, absences.ask, request)
        incident = incident_of(someone.id, 0)
        span = NOW - timedelta(hours=12), NOW
        danger = RecordGround(someone.id, Purpose.DANGER, incident, *span, "A call for help came.")
        text = filled.ORDER.replace(filled.ORDER_ID, someone.order).replace(
            filled.PERSON, someone.id
        )
        call = WriteNote(
            someone.id, NoteKind.CALL, NOW - timedelta(hours=3), "Asked about the shift."
        )
        note = WriteHandover(someone.id, "He starts work on Monday.")
        self._do(officer, handover_notes.write, note)
        scan = AttachPaper(someone.order, 1, "decision.pdf", b"%PDF-1.7 " + bytes(50_000))
        paper = AttachDocument(incident, "letter.pdf", b"%PDF-1.7 " + bytes(50_000))
        draft = BeginDraft(someone.id, text.encode(), {})
        return {
            "person": someone.id,
            "order": someone.order,
            "device": someone.device,
            "incident": incident,
            "absence": absence,
            "list": self._list,
            "way": "ask",
            "paper": self._do(officer, court_papers.attach, scan),
            "note": self._do(officer, case_notes.write, call),
            "ground": self._do(officer, grounds.record, danger),
            "draft": self._do(officer, order_drafts.begin, draft),
            "attachment": self._do(officer, contests.attach, paper),
            "request": self._request(someone),
            "entry": "7",
            "day": NOW.date().isoformat(),
            "of": NOW.strftime("%Y-%m"),
            "now": NOW.strftime(MOMENT),
            "month": (NOW - timedelta(days=31)).strftime(MOMENT),
            "change": str(self._house.size.incidents // 2),
        }

    def _request(self, someone: OfficePerson) -> str:
        request = RecordOutsideRequest(
            person=someone.id, authority="District police", case_number="2026-77",
            reason="A theft at eight in the evening.", data=(DataCategory.ORDER,),
            why_no_less="Nothing less would serve.", urgency=Urgency.DAYS,
            signed_by="Head of the district", signed_on=NOW.date(), document_sha256="ab" * 32,
            genuine_by_call="The head of the district was called back.", received_at=NOW,
        )  # fmt: skip
        return self._do(self._house.officers[0], outside_requests.record, request)

    def _venues(self) -> str:
        venues = tuple(
            VenueInput(f"node/{n}", f"Bar {n}", {"amenity": "bar"}, _point(n))
            for n in range(VENUES)
        )
        day, digest = date(2026, 3, 1), "0" * 64
        request = ImportVenues("nightlife", day, "a made-up map", digest, venues)
        return self._do(self._house.officers[0], venue_review.import_list, request).list


def _point(number: int) -> str:
    return f'{{"type":"Point","coordinates":[{76.9 + number / 1000:.3f},43.2]}}'
