import pytest

from mesure.actions.notifications import incident_feed
from mesure.actions.notifications.incident_feed import (
    IncidentChange,
    IncidentChanges,
    IncidentFeedRequest,
)
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident

PLACES = {"lat", "lon", "place", "position", "fix", "where", "radius", "polygon", "p"}


@pytest.fixture
def two(office: Office) -> Office:
    """Two officers with a person each, and an incident of either."""
    for officer, person in (("K-1", "P-1"), ("K-2", "P-2")):
        office.person(person, office.account(officer, Role.OFFICER))
    raised.judge(office, incident("P-1", "I-1"), incident("P-2", "I-2"))
    return office


def _follow(
    office: Office, account: str, role: Role, after: int = 0, count: int = 100
) -> IncidentChanges:
    from mesure.actions.framework.context import Actor

    actor = Actor(account, role, scopes=frozenset({"incidents.follow"}))
    return office.do(actor, incident_feed.follow, IncidentFeedRequest(after=after, count=count))


def _ids(changes: IncidentChanges) -> list[str]:
    return [one.incident for one in changes.changes]


def test_an_officer_follows_the_persons_they_are_in_charge_of(two: Office) -> None:
    assert _ids(_follow(two, "K-1", Role.OFFICER)) == ["I-1"]
    assert two.last()["persons"] == ["P-1"]
    assert two.last()["purpose"] == "supervision"


def test_a_supervisor_and_a_program_follow_all(two: Office) -> None:
    two.account("S-1", Role.SUPERVISOR)
    assert _ids(_follow(two, "S-1", Role.SUPERVISOR)) == ["I-1", "I-2"]
    assert _ids(_follow(two, "X-1", Role.SERVICE)) == ["I-1", "I-2"]


def test_whoever_goes_on_from_the_last_number_misses_nothing(two: Office) -> None:
    first = _follow(two, "X-1", Role.SERVICE, count=1)
    rest = _follow(two, "X-1", Role.SERVICE, after=first.after)
    assert _ids(first) + _ids(rest) == ["I-1", "I-2"]
    assert _follow(two, "X-1", Role.SERVICE, after=rest.after) == IncidentChanges(rest.after, ())
    raised.judge(two, raised.withdrawn(incident("P-1", "I-1")))
    [again] = _follow(two, "X-1", Role.SERVICE, after=rest.after).changes
    assert (again.incident, again.revision, again.withdrawn_at) == ("I-1", 2, two.now)


def test_what_one_may_not_see_moves_the_number_on_and_is_not_entered(two: Office) -> None:
    done = _follow(two, "K-1", Role.OFFICER)
    raised.judge(two, raised.end_incident(incident("P-2", "I-2")))
    later = _follow(two, "K-1", Role.OFFICER, after=done.after)
    assert later.after > done.after
    assert not later.changes
    assert two.last()["persons"] == []


def test_a_step_looks_through_so_many_of_others_and_no_more(
    two: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_feed, "COUNT_MAX", 1)
    monkeypatch.setattr(incident_feed, "LOOKED_THROUGH_MAX", 1)
    raised.judge(two, incident("P-1", "I-3"))
    first = _follow(two, "K-2", Role.OFFICER)
    assert not first.changes
    assert _ids(_follow(two, "K-2", Role.OFFICER, after=first.after)) == ["I-2"]


def test_whoever_is_barred_follows_nothing_of_that_person(two: Office) -> None:
    two.account("S-1", Role.SUPERVISOR)
    two.write(lambda rows, _: _bar(rows, "P-1", "S-1"))
    assert _ids(_follow(two, "S-1", Role.SUPERVISOR)) == ["I-2"]


def _bar(rows: object, person: str, account: str) -> None:
    from msgspec.structs import replace

    from mesure.actions.framework import case_access
    from mesure.actions.records.record_types import Register

    assert isinstance(rows, Register)
    row = rows.need(case_access.CASE, person)
    rows.change(row, replace(row.value, barred=(account,)))


@pytest.mark.parametrize("role", [Role.PERSON, Role.COUNSEL, Role.OPERATOR, Role.VISITOR])
def test_nobody_else_follows(two: Office, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        _follow(two, "X-1", role)


def test_where_anybody_was_is_not_in_it() -> None:
    words = {word for name in IncidentChange.__struct_fields__ for word in name.split("_")}
    assert not words & PLACES


def test_only_that_something_is_new_is_asked_without_a_look(two: Office) -> None:
    from mesure.actions.framework.context import VISITOR

    before = len(two.log())
    newest = incident_feed.newest(two.context(VISITOR), 0)
    assert newest == _follow(two, "X-1", Role.SERVICE).after
    assert incident_feed.newest(two.context(VISITOR), newest) == newest
    assert len(two.log()) == before + 1  # That of the look.
