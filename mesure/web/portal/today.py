"""What is asked of the person now, today, and in the next days; and what waits for them."""

from dataclasses import dataclass

from starlette.responses import Response

from mesure.web.frame import charge, records
from mesure.web.frame.records import Record
from mesure.web.frame.visits import Visit
from mesure.web.portal import asked
from mesure.web.portal.asked import Asked


@dataclass(frozen=True, slots=True)
class Now:
    """A duty of this moment, and until what time."""

    words: str
    until: str


@dataclass(frozen=True, slots=True)
class Next:
    """The duty that begins first, and when."""

    words: str
    when: str


def shown(visit: Visit) -> Response:
    """Show what is asked."""
    record = records.own(visit)
    at, zone, catalogue = visit.context.now, record.zone, visit.texts.catalogue
    following = asked.following(record.versions, at, catalogue)
    contents = {
        "today": record.today(visit),
        "now": at,
        "zone": zone,
        "now_asked": [_now(one, record) for one in asked.now(record.versions, at, catalogue)],
        "next_asked": None if following is None else _next(following, visit, record),
        "week": asked.week(record.versions, at, zone, catalogue),
        "always": asked.always(record.versions, at, catalogue),
        "order": records.in_words(visit, record),
        "charge": charge.rows(record.shown.in_charge, visit.texts),
    }
    return visit.page("today.html", **contents)


def _now(one: Asked, record: Record) -> Now:
    return Now(one.words, f"{one.span.end.astimezone(record.zone):%H:%M}")


def _next(one: Asked, visit: Visit, record: Record) -> Next:
    when = visit.texts.near(one.span.start, visit.context.now, record.zone)
    return Next(one.words, when)
