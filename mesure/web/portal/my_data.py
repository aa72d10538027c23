"""The person's device, who looked at their data, and what is kept until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import structs
from starlette.responses import Response

from mesure.actions.data_rights import outside_requests, own_record
from mesure.actions.data_rights import subject_access as everything_
from mesure.actions.data_rights.own_record import OwnRecordRequest, RetentionView
from mesure.actions.data_rights.subject_access import DeviceReportInWords
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import Trail, TrailRequest
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.web.portal import asked as duties
from mesure.web.portal import own_archive
from mesure.web.shared import nights as nights_
from mesure.web.shared import record_heading, record_pages
from mesure.web.shared.evidence import device_messages
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import device_health, outside_words
from mesure.web.shared.words.page_texts import PageTexts

LINES_MAX: Final = 100
SAID_LATELY: Final = timedelta(days=1)  # What the device said is shown; all is in the file.


@dataclass(frozen=True, slots=True)
class RetainedDataRow:
    """A line of what is kept."""

    what: str
    why: str
    until: datetime | None
    because: str


def more(visit: PageVisit) -> Response:
    """Show where the rest is found."""
    return visit.page("more.html")


def nights(visit: PageVisit) -> Response:
    """Show how each condition was kept, day by day, as the officer sees it."""
    record = record_heading.own(visit)
    calendars = nights_.of(
        visit,
        record,
        nights_.PERSONS,
        lambda condition: (
            f"{duties.words(condition, None, visit.texts.catalogue)} ({condition.id})"
        ),
    )
    return visit.page("nights.html", record=record, calendars=calendars, today=record.today(visit))


def device(visit: PageVisit) -> Response:
    """Show how the device is, and what to do about it."""
    record = record_heading.own(visit)
    carried = visit.perform(own_record.health, OwnRecordRequest(record.person))
    now, zone = visit.context.now, record.zone
    shown = [device_health.of(one, visit.texts, now, zone) for one in carried]
    return visit.page("device.html", devices=shown, zone=zone, messages=_lately(visit, record))


def _lately(
    visit: PageVisit, record: PersonRecord
) -> list[device_messages.DeviceMessageRow] | None:
    """Return what the device said lately, the last first, to the person alone: it is a look."""
    if visit.actor.role is not Role.PERSON:
        return None
    trail = _trail(visit, record.person, visit.context.now - SAID_LATELY)
    reports = () if trail is None else trail.told[-LINES_MAX:]
    return device_messages.lines(reports, visit.texts)[::-1]


def who_looked(visit: PageVisit) -> Response:
    """Show who looked at the person's data or changed it, the latest first."""
    record = record_heading.own(visit)
    # Sign-ins have a page of their own.
    others = [role for role in Role if role not in {Role.PERSON, Role.PROGRAM, Role.VISITOR}]
    asked_outside = visit.perform(
        outside_requests.list_requests, outside_requests.OutsideRequestsQuery(person=record.person)
    )
    now, zone, texts = visit.context.now, record.zone, visit.texts
    requests = [
        (
            outside_words.state(request.kept, texts),
            outside_words.facts(request.kept, texts, now, zone),
            visible_text.visible(request.kept.answer),
        )
        for request in reversed(asked_outside)
    ]
    looks = record_pages.looks(visit, record.person, "/portal/looks", others)
    return visit.page("looks.html", requests=requests, zone=zone, **looks)


def notes(visit: PageVisit) -> Response:
    """Show the notes, calls and visits that officers wrote down, as they read them."""
    record = record_heading.own(visit)
    contents = record_pages.notes(visit, record, "/portal/notes")
    return visit.page("my_notes.html", record=record, **contents)


def show_retention(visit: PageVisit) -> Response:
    """Show what is kept, what for, and until when."""
    record = record_heading.own(visit)
    retentions = visit.perform(own_record.list_retention, OwnRecordRequest(record.person))
    lines = [_kept(one, visit.texts) for one in retentions]
    mine = visit.actor.role is Role.PERSON
    return visit.page("kept.html", kept=lines, zone=record.zone, has_everything=mine)


def everything(visit: PageVisit) -> Response:
    """Hand over everything that is kept, behind a page that says what it is."""
    record = record_heading.own(visit)
    request = OwnRecordRequest(record.person)
    subject_data = visit.perform(everything_.everything, request)
    trail = _trail(visit, request.person, datetime.fromtimestamp(0, UTC))
    fixes, reports = ((), ()) if trail is None else (trail.fixes, trail.told)
    in_words = [
        DeviceReportInWords(
            **structs.asdict(report), words=device_messages.words(report, visit.texts)
        )
        for report in reports
    ]
    rest_claims = () if trail is None else trail.rest_claims
    data = everything_.to_file(subject_data, fixes, in_words, rest_claims)
    headers = {"Content-Disposition": 'attachment; filename="everything.zip"'}
    archive = own_archive.write(visit, record, data)
    return Response(archive, media_type="application/zip", headers=headers)


def _trail(visit: PageVisit, person: str, start_at: datetime) -> Trail | None:
    """Return what is kept of the trail since a moment, as judged; None: nobody can read it."""
    span = TrailRequest(person=person, start_at=start_at, until_at=visit.context.now)
    try:
        return visit.perform(trail_access.trail, span)
    except ActionConflictError:
        return None


def _kept(retention: RetentionView, catalogue: PageTexts) -> RetainedDataRow:
    why = {
        RetentionKind.TRAIL: catalogue.text("to judge whether the order was kept"),
        RetentionKind.HOME_DETAIL: catalogue.text(
            "to judge late readings; then only “present” stays"
        ),
        RetentionKind.LOOK: catalogue.text("so that you can ask who looked"),
        RetentionKind.RECORD: catalogue.text("to carry out the order, and to answer a court"),
    }
    reasons = [because.in_words(catalogue.catalogue) for because in retention.because]
    return RetainedDataRow(
        what=retention.sort.in_words(catalogue.catalogue),
        why=why.get(retention.sort, catalogue.text("to find out what went wrong with a device")),
        until=retention.until_at,
        because=catalogue.items(reasons) if reasons else "",
    )
