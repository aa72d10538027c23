"""An officer gets the days before an incident for a ground that somebody else agreed to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.bundles import bundle_contents, bundle_grounds
from mesure.actions.bundles.bundle_grounds import RUN_UP, RequestBundleGround
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotAllowedError
from mesure.actions.trails import grounds, trail_access
from mesure.actions.trails.grounds import AnswerGround
from mesure.actions.trails.trail_access import TrailRequest
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.privacy import trail_limits
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.trail_limits import GROUND_LASTS
from mesure.store.values.records import LogRecord
from tests.service import bundled
from tests.service.bundled import OFFICER, PERSON, SUPERVISOR, Bundled


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path) as case:
        yield case


def make_request(case: Bundled) -> IncidentRequest:
    return IncidentRequest(incident=case.incident().id, purpose=Purpose.COURT, case_number="ALM-1")


def ask(case: Bundled, **changes: object) -> str:
    what = RequestBundleGround(case.incident().id, Purpose.COURT, "ALM-1", "The court asks for it.")
    for name, value in changes.items():
        what = RequestBundleGround(**{**_fields(what), name: value})  # type: ignore[arg-type]
    return case.office.do(OFFICER, bundle_grounds.ask, what)


def _fields(what: RequestBundleGround) -> dict[str, object]:
    return {name: getattr(what, name) for name in what.__struct_fields__}


def refusal_reason(case: Bundled) -> AccessRefusal:
    with pytest.raises(NotAllowedError) as caught:
        case.office.do(OFFICER, bundle_contents.make, make_request(case))
    assert isinstance(caught.value.reason, AccessRefusal)
    return caught.value.reason


def test_without_a_ground_an_officer_gets_none_and_the_refusal_is_entered(case: Bundled) -> None:
    assert refusal_reason(case) is AccessRefusal.NO_GROUND
    last = case.office.last()
    assert (last["action"], last["facts"]["refused"]) == ("bundle.make", "no_ground")
    assert last["persons"] == ["P-1"]


def test_a_ground_counts_once_somebody_else_agreed(case: Bundled) -> None:
    ground = ask(case)
    assert refusal_reason(case) is AccessRefusal.NO_GROUND
    with pytest.raises(NotAllowedError):
        case.office.do(OFFICER, grounds.answer, AnswerGround(ground, agrees=True))
    case.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))
    collected = case.office.do(OFFICER, bundle_contents.make, make_request(case))
    assert collected.files["messages.jsonl"].count(b"\n") == 79
    assert case.office.last()["facts"]["ground"] == ground
    case.office.now += GROUND_LASTS
    assert refusal_reason(case) is AccessRefusal.NO_GROUND


def test_one_that_was_turned_down_shows_nothing(case: Bundled) -> None:
    ground = ask(case)
    case.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=False))
    assert refusal_reason(case) is AccessRefusal.NO_GROUND
    assert ask(case) != ground, "another may be recorded then"


def test_the_person_reads_it_and_asks_nobody(case: Bundled) -> None:
    ground = ask(case)
    [shown] = case.office.do(PERSON, grounds.list_grounds, grounds.GroundsRequest(person="P-1"))
    incident = case.incident()
    assert (shown.ground, shown.kept.incident) == (ground, incident.id)
    assert shown.kept.start_at == to_datetime(incident.start_us) - RUN_UP
    case.office.do(PERSON, bundle_contents.make, IncidentRequest(incident=incident.id))


def test_a_ground_for_a_bundle_shows_no_trail(case: Bundled) -> None:
    ground = ask(case)
    case.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))
    look = TrailRequest(person="P-1", ground=ground, purpose=Purpose.COURT, case_number="ALM-1")
    with pytest.raises(NotAllowedError) as caught:
        case.office.do(OFFICER, trail_access.trail, look)
    assert caught.value.reason is AccessRefusal.NO_GROUND


def test_a_ground_for_a_look_makes_no_bundle(case: Bundled) -> None:
    start = to_datetime(case.incident().start_us)
    look = grounds.RecordGround(
        "P-1", Purpose.COURT, "ALM-1", start - RUN_UP / 2, start, "The court asks."
    )
    ground = case.office.do(OFFICER, grounds.record, look)
    case.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))
    assert refusal_reason(case) is AccessRefusal.NO_GROUND


def test_what_lies_around_the_incident_needs_no_other_ground(
    case: Bundled, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = bundle_contents._messages
    around = trail_limits.around_incident(
        to_datetime(case.incident().start_us),
        to_datetime_or_none(case.incident().over_us),
        to_datetime(0),
        case.office.now,
    )

    def inside(*of: Any) -> list[LogRecord]:
        return [
            record
            for record in every(*of)
            if to_datetime(record.share.first_us) in around
            and to_datetime(record.share.last_us) in around
        ]

    monkeypatch.setattr(bundle_contents, "_messages", inside)
    collected = case.office.do(OFFICER, bundle_contents.make, make_request(case))
    assert 0 < collected.files["messages.jsonl"].count(b"\n") < 79


def test_what_is_asked_wrongly_is_refused(case: Bundled) -> None:
    with pytest.raises(NotAllowedError):
        ask(case, purpose=Purpose.DANGER)
    with pytest.raises(NotAllowedError):
        ask(case, case_number=" ")
    with pytest.raises(InvalidInputError):
        ask(case, reason=" ")
    ask(case)
    with pytest.raises(ActionConflictError):
        ask(case)
