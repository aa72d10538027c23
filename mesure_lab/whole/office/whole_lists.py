"""Whole lists: people read a list from its first page to its last, and nothing is missing in it.

Pages are small, so that each list has several. What must be in one is read from the audit log and
from the store.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from mesure.actions.framework.action import Action
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import IncidentsRequest
from mesure.actions.notifications import incident_feed
from mesure.actions.notifications.incident_feed import IncidentFeedRequest
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import LogSearch, LooksSearch
from mesure.actions.records import named_persons
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest, LookView
from mesure.incidents.finding import ReviewStage
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.world import World

WHOLE: Final = "lists_are_whole"
PAGES_MAX: Final = 30
INCIDENTS_MAX: Final = 1_000
Records = Mapping[int, dict[str, Any]]


def read(world: World) -> None:
    """Have lists of looks and of incidents read by those who may read them."""
    inspector = world.people.inspector
    for person in world.names[:1]:
        acts.bar_account(world, inspector, person)
    records = {entry: record for entry, record in world.records().items() if "by" in record}
    with world.read_undisturbed() as reading:
        about = {entry: set(named_persons.of_entry(reading, entry)) for entry in records}
    for person in world.names:
        mine = {entry: records[entry] for entry in records if person in about[entry]}
        own, officer = office_people.own(person), world.people.officer(person)
        for actor, latest_first, purpose in ((own, True, {}), (officer, False, acts.CASE)):
            request = LooksRequest(person=person, latest_first=latest_first, **purpose)
            lines = _looks(world, actor, trail_access.list_looks, request, person, mine)
            if lines is not None and lines != sorted(lines, reverse=latest_first):
                world.broken(WHOLE, f"the looks at {person} stand as {lines}")
        _incidents(world, own, person)
    barred = {person for person, account in world.people.barred if account == inspector.account}
    readable = {entry: records[entry] for entry in records if not barred & about[entry]}
    days = sorted(datetime.fromisoformat(record["at"]).date() for record in readable.values())
    account = world.people.supervisor.account
    theirs = {entry: record for entry, record in readable.items() if record["by"] == account}
    span = LooksSearch(first_day=days[0], last_day=days[-1], **acts.INSPECTION)
    search = LogSearch(account=account, **acts.INSPECTION)
    shown = set(_looks(world, inspector, inspection.search_looks, span, None, readable) or ())
    shown.update(_looks(world, inspector, inspection.search, search, None, theirs) or ())
    if secret := [entry for entry in shown if barred & about.get(entry, set())]:
        world.broken("access_table", f"the inspector, who is barred from {barred}, read {secret}")
    _follow(world)


def _looks(
    world: World,
    actor: Actor,
    action: Action[Any, Any],
    request: LooksRequest | LooksSearch | LogSearch,
    person: str | None,
    expected: Records,
) -> list[int] | None:
    """Return the entries of a list of looks; None where somebody was not let in or answered."""
    lines: list[LookView] = []
    limits = dict.fromkeys((f"{trail_access.__name__}.PAGE", f"{inspection.__name__}.PAGE"),
                           len(expected) // 3 + 1)  # fmt: skip
    with narrow_limits.hold(limits):
        for _ in range(PAGES_MAX):
            word, page = acts.do(world, actor, action, request, person)
            if word != "done":
                return None
            lines += page.looks
            if page.after is None:
                break
            request = msgspec.structs.replace(request, after=page.after)
    entries = [line.entry for line in lines]
    if missing := sorted(expected.keys() - set(entries)) or len(entries) - len(set(entries)):
        world.broken(WHOLE, f"{request} lacks {missing} of {len(expected)}, in {entries}")
    for line in lines:
        record = expected.get(line.entry)
        if record is not None and record["by"] != line.by:
            world.broken(WHOLE, f"{line} was {record}")
    return entries


def _incidents(world: World, actor: Actor, person: str) -> None:
    """Have all incidents of a person listed, the latest first, one at a time."""
    stored = world.incidents_of(person, withdrawn_too=True)
    with world.read_register() as rows:
        stages = {row.id: contests.review_of(rows, row.id).stage for row in stored}
    waiting = [row for row in stored
               if row.withdrawn_us is None and stages[row.id] is not ReviewStage.FOUND]  # fmt: skip
    for chosen, waits in ((stored, False), (waiting, True)):
        expected = [name for _, name in sorted((row.start_us, row.id) for row in chosen)][::-1]
        listed = _listed(world, actor, IncidentsRequest(person, count=1, waits=waits))
        if listed is not None and listed != expected:
            world.broken(WHOLE, f"the incidents of {person} are {expected}, and {listed} are shown")
    for row in stored:
        _attempts(world, actor, person, row.id)


def _listed(world: World, actor: Actor, request: IncidentsRequest) -> list[str] | None:
    """Return the incidents of a list, page by page; None where somebody was not answered."""
    listed: list[str] = []
    for _ in range(INCIDENTS_MAX):
        person = request.person
        word, page = acts.do(world, actor, incident_review.list_incidents, request, person)
        if word != "done":
            return None
        listed += [head.incident for head in page]
        if len(page) < request.count:
            break
        request = msgspec.structs.replace(request, after=incident_review.mark(page[-1]))
    return listed


def _attempts(world: World, actor: Actor, person: str, incident: str) -> None:
    """Have an incident be shown with all that somebody tried about it in vain."""
    tried = Counter({key[1:]: n for key, n in world.people.tried_of.items() if key[0] == incident})
    show = incident_review.show
    word, view = acts.do(world, actor, show, IncidentRequest(incident=incident), person)
    if word != "done" or len(view.attempts) == incident_review.ATTEMPTS_MAX:
        return
    if missing := tried - Counter((one.by, one.action) for one in view.attempts):
        world.broken(WHOLE, f"{incident} is shown without the attempts {missing}")


def _follow(world: World) -> None:
    """Have the incidents that anything happened to followed by the supervisor."""
    supervisor, after, listed = world.people.supervisor, 0, set[str]()
    while True:
        request = IncidentFeedRequest(after=after, count=2)
        word, page = acts.do(world, supervisor, incident_feed.follow, request, None)
        if word != "done":
            return
        listed |= {change.incident for change in page.changes}
        if page.after == after:
            break
        after = page.after
    action, people = incident_feed.follow.name, world.people
    closed = {name for name in world.names if people.must_refuse(action, supervisor, name)}
    read = set(world.names) - closed - people.unsure
    rows = (row for name in read for row in world.incidents_of(name, withdrawn_too=True))
    expected = {row.id for row in rows}
    if missing := expected - listed:
        world.broken(WHOLE, f"{sorted(missing)} were not followed")
