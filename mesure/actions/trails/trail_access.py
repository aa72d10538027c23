"""Trail access: looks at a trail, and the list of looks that the person reads.

A trail is seen for one incident or one recorded ground, and no wider than that shows; the viewer
names the purpose and the number of the case. There is no look at the trails of several persons, and
none that begins with a place. The person sees their own trail whole, and who looked at it.
Law: German Code of Criminal Procedure, section 463a(4); Directive (EU) 2016/680, article 25
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from mesure.actions.devices import device_classes
from mesure.actions.framework.action import ActionContext, ReadRequest, look
from mesure.actions.framework.case_opening import open_incident
from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.actions.records import named_persons
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.named_persons import DEED
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError, NotAllowedError
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import GROUND
from mesure.devices.assignment import Assignment
from mesure.formats.stored.device_reports import DeviceReport
from mesure.formats.stored.trail_fix import JudgedBy, TrailFix, TrailMessage, TrailRest
from mesure.instants import to_datetime, to_us
from mesure.orders.values.span import Span
from mesure.privacy import trail_limits
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.store.keyring import sealing
from mesure.store.keyring.sealing import message_seal_context

Dated = TypeVar("Dated", TrailFix, TrailRest, DeviceReport)

PAGE: Final = 100
PAGES_MAX: Final = 50  # Of lines that are gone through for those of some roles.


class TrailRequest(ReadRequest, frozen=True, kw_only=True):
    """For which incident or ground, and which part; None: all that it shows."""

    person: str
    incident: str | None = None
    ground: str | None = None
    start_at: datetime | None = None
    until_at: datetime | None = None


class Trail(msgspec.Struct, frozen=True):
    """Part of one person's trail, and the span that was shown."""

    person: str
    start_at: datetime
    until_at: datetime
    fixes: tuple[TrailFix, ...]
    told: tuple[DeviceReport, ...] = ()  # How the devices were meanwhile.
    # By whose thresholds the incident is judged; None: the trail is not that of an incident.
    judged_by: JudgedBy | None = None
    rest_claims: tuple[TrailRest, ...] = ()  # That a device lay still; judged with the fixes.


class LooksRequest(ReadRequest, frozen=True, kw_only=True):
    """Whose list of looks, after which line, and in which order."""

    person: str
    after: str = ""
    latest_first: bool = False
    action: str = ""  # Of this action only, the latest first.
    roles: tuple[Role, ...] = ()  # Of these roles only, the latest first; empty: of all.


class LookView(msgspec.Struct, frozen=True):
    """One line of the list: who did what with a person's record, when and why."""

    entry: int  # Its place in the audit log.
    at: datetime
    by: str
    by_name: str  # As the account is called now; empty: there is no such account.
    role: Role
    action: str
    is_look: bool
    purpose: Purpose | None
    case_number: str | None
    refused: str | None
    facts: dict[str, Any]
    persons: tuple[str, ...] = ()  # For an inspector only: whose cases were opened.


class LooksPage(msgspec.Struct, frozen=True):
    """Lines of the list, in the order asked for; `after` is where the next ones begin, if any."""

    looks: tuple[LookView, ...]
    after: str | None


# --- A trail -----------------------------------------------------------------------------------


@look("looks.trail", CASEWORK | OWN_SIDE)
def trail(doing: ActionContext, request: TrailRequest) -> Trail:
    """See a part of one person's trail, for an incident or a recorded ground."""
    return read_trail(doing, request)


def read_trail(doing: ActionContext, request: TrailRequest) -> Trail:
    """Return what may be seen of a trail, for every look that shows or hands out a part of it."""
    doing.case(request.person)
    may_be_seen = _may_be_seen(doing, request)
    span = trail_limits.visible_span(_asked_span(request), may_be_seen)
    if span is None:
        raise NotAllowedError(AccessRefusal.OUTSIDE_GROUND, request.person)
    doing.note(start=span.start.isoformat(), until=span.end.isoformat())
    duties = judge_store.duties(doing.work, doing.context.keyring, request.person)
    pieces = _pieces(doing, request.person, span, duties)
    carried = doing.work.assignments_of(request.person)
    classes = device_classes.classes_of(doing.rows, [piece.device for piece in pieces])
    rows = [*doing.reader.trail(pieces, classes, doing.now.date())]
    fixes = [one for one in rows if isinstance(one, TrailFix)]
    rest_claims = [one for one in rows if isinstance(one, TrailRest)]
    device_reports = sorted(_own(carried, span, doing.reader.device_reports(pieces)), key=_in_time)
    judged_by = _judged_by(doing, request, duties)
    return Trail(
        request.person,
        span.start,
        span.end,
        tuple(sorted(_own(carried, span, fixes), key=_in_time)),
        tuple(device_reports),
        judged_by,
        tuple(sorted(_own(carried, span, rest_claims), key=_in_time)),
    )


def _judged_by(
    doing: ActionContext, request: TrailRequest, duties: Sequence[EvaluationBasis]
) -> JudgedBy | None:
    if request.incident is None:
        return None
    order = open_incident(doing, request.incident).order
    return next((_of_duty(duty) for duty in duties if duty.order == order), None)


def _of_duty(duty: EvaluationBasis) -> JudgedBy:
    return JudgedBy(duty.day, duty.device_class.value)


def _in_time(item: TrailFix | TrailRest | DeviceReport) -> tuple[datetime, str]:
    return item.observed_at, item.device


def _may_be_seen(doing: ActionContext, request: TrailRequest) -> Span:
    """Return what the incident or the ground shows, or refuse; one's own trail is one's own."""
    if request.incident is not None:
        incident = open_incident(doing, request.incident)
        if incident.person != request.person:
            raise NotAllowedError(AccessRefusal.NO_GROUND, request.person)
        return grounds.around(doing, incident)
    if doing.actor.role is Role.PERSON:
        return Span(to_datetime(0), doing.now)
    ground = None if request.ground is None else doing.rows.get(GROUND, request.ground)
    if ground is None or ground.person != request.person or not ground.value.counts(doing.now):
        raise NotAllowedError(AccessRefusal.NO_GROUND, request.person)
    if ground.value.incident is not None:
        raise NotAllowedError(AccessRefusal.NO_GROUND, request.person)
    if doing.actor.role not in CASEWORK:
        raise NotAllowedError(AccessRefusal.NO_GROUND, request.person)
    doing.note(ground=ground.id)
    return ground.value.span


def _asked_span(request: TrailRequest) -> Span | None:
    if request.start_at is None or request.until_at is None:
        return None
    if request.start_at >= request.until_at:
        raise InvalidInputError(ActionRefusal.SPAN)
    return Span(request.start_at, request.until_at)


def _own(carried: Sequence[Assignment], span: Span, items: Iterable[Dated]) -> Iterator[Dated]:
    """Yield what the person's own devices sent in a span while they carried them."""
    for item in items:
        is_own = any(
            own.device == item.device and own.holds_at(item.observed_at) for own in carried
        )
        if is_own and item.observed_at in span:
            yield item


def _pieces(
    doing: ActionContext, person: str, span: Span, duties: Sequence[EvaluationBasis]
) -> Sequence[TrailMessage]:
    """Return the messages of a span, each with what its order was judged by."""
    key = doing.context.keyring.find_key(person)
    by_device = {one.device: _of_duty(duty) for duty in duties for one in duty.carried}
    pieces = []
    for message in doing.work.messages(person, to_us(span.start), to_us(span.end)):
        same = message.digest if message.counter is None else message.counter
        bound = message_seal_context(person, message.device, same)
        body = sealing.unseal(key, message.share.body, bound)
        of = message.device, message.form, message.counter, message.received_us
        pieces.append(
            TrailMessage(*of, body, message.place.sequence, by_device.get(message.device))
        )
    return pieces


# --- Who looked --------------------------------------------------------------------------------


@look("looks.list", CASEWORK | {Role.PERSON, Role.COUNSEL, Role.INSPECTOR})
def list_looks(doing: ActionContext, request: LooksRequest) -> LooksPage:
    """See who looked at a person's record or changed it, when, and for what."""
    doing.case(request.person)
    key = DEED, "person", request.person
    if request.roles:
        return _of_roles(doing, request)
    if request.latest_first or request.action:
        also = ("action", request.action) if request.action else None
        entries = doing.work.latest(*key, request.after or None, PAGE, also)
    else:
        entries = doing.work.entries_with_key(*key, request.after, PAGE)
    after = entries[-1].id if len(entries) == PAGE else None
    return LooksPage(lines(doing, [entry.id for entry in entries]), after)


def _of_roles(doing: ActionContext, request: LooksRequest) -> LooksPage:
    """Return what some roles did: found behind any number of lines that others left since."""
    looks: list[LookView] = []
    before = request.after or None
    for _ in range(PAGES_MAX):
        entries = doing.work.latest(DEED, "person", request.person, before, PAGE)
        page = lines(doing, [entry.id for entry in entries])
        looks += [look for look in page if look.role in request.roles]
        if len(looks) > PAGE:
            return LooksPage(tuple(looks[:PAGE]), named_persons.deed_id(looks[PAGE - 1].entry))
        if len(entries) < PAGE:
            return LooksPage(tuple(looks), None)
        before = entries[-1].id
    return LooksPage(tuple(looks), before)


def lines(
    doing: ActionContext, deeds: Sequence[str], *, with_persons: bool = False
) -> tuple[LookView, ...]:
    """Return lines of the audit log as people read it, but those whose record was erased."""
    entries = [int(deed.partition(".")[0]) for deed in deeds]
    records: dict[int, dict[str, Any]] = {
        opening.entry: msgspec.json.decode(opening.record)
        for opening in doing.work.openings_of(entries)
    }
    accounts = doing.rows.get_many(ACCOUNT, {record["by"] for record in records.values()})
    names = {account: kept.value.name for account, kept in accounts.items()}
    persons = {
        entry: named_persons.of_entry(doing.work, entry) for entry in entries if with_persons
    }
    return tuple(
        _line(entry, records[entry], names, persons.get(entry, ()))
        for entry in entries
        if entry in records
    )


def _line(
    entry: int, record: dict[str, Any], names: Mapping[str, str], persons: Iterable[str]
) -> LookView:
    facts = record.get("facts", {})
    purpose = record.get("purpose")
    return LookView(
        entry=entry,
        at=datetime.fromisoformat(record["at"]),
        by=record["by"],
        by_name=names.get(record["by"], ""),
        role=Role(record["role"]),
        action=record["action"],
        is_look=record["sort"] == "look",
        purpose=None if purpose is None else Purpose(purpose),
        case_number=facts.get("case_number"),
        refused=facts.get("refused"),
        facts=facts,
        persons=tuple(persons),
    )
