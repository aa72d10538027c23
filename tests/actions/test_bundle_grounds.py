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
from mesure.instants import to_datetime
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.trail_limits import GROUND_LASTS
from mesure.store.values.records import LogRecord
from tests.service import bundled
from tests.service.bundled import OFFICER, PERSON, SUPERVISOR, Bundled


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.opened(tmp_path) as made:
        yield made


def asked(made: Bundled) -> IncidentRequest:
    return IncidentRequest(incident=made.incident().id, purpose=Purpose.COURT, case_number="ALM-1")


def ask(made: Bundled, **changes: object) -> str:
    what = RequestBundleGround(made.incident().id, Purpose.COURT, "ALM-1", "The court asks for it.")
    for name, value in changes.items():
        what = RequestBundleGround(**{**_fields(what), name: value})  # type: ignore[arg-type]
    return made.office.do(OFFICER, bundle_grounds.ask, what)


def _fields(what: RequestBundleGround) -> dict[str, object]:
    return {name: getattr(what, name) for name in what.__struct_fields__}


def refused(made: Bundled) -> AccessRefusal:
    with pytest.raises(NotAllowedError) as caught:
        made.office.do(OFFICER, bundle_contents.make, asked(made))
    assert isinstance(caught.value.reason, AccessRefusal)
    return caught.value.reason


def test_without_a_ground_an_officer_gets_none_and_the_refusal_is_entered(made: Bundled) -> None:
    assert refused(made) is AccessRefusal.NO_GROUND
    last = made.office.last()
    assert (last["action"], last["facts"]["refused"]) == ("bundle.make", "no_ground")
    assert last["persons"] == ["P-1"]


def test_a_ground_counts_once_somebody_else_agreed(made: Bundled) -> None:
    ground = ask(made)
    assert refused(made) is AccessRefusal.NO_GROUND
    with pytest.raises(NotAllowedError):
        made.office.do(OFFICER, grounds.answer, AnswerGround(ground, agrees=True))
    made.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))
    collected = made.office.do(OFFICER, bundle_contents.make, asked(made))
    assert collected.files["messages.jsonl"].count(b"\n") == 79
    assert made.office.last()["facts"]["ground"] == ground
    made.office.now += GROUND_LASTS
    assert refused(made) is AccessRefusal.NO_GROUND


def test_one_that_was_turned_down_shows_nothing(made: Bundled) -> None:
    ground = ask(made)
    made.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=False))
    assert refused(made) is AccessRefusal.NO_GROUND
    assert ask(made) != ground, "another may be recorded then"


def test_the_person_reads_it_and_asks_nobody(made: Bundled) -> None:
    ground = ask(made)
    [shown] = made.office.do(PERSON, grounds.list_grounds, grounds.GroundsRequest(person="P-1"))
    incident = made.incident()
    assert (shown.ground, shown.kept.incident) == (ground, incident.id)
    assert shown.kept.start_at == to_datetime(incident.start_us) - RUN_UP
    made.office.do(PERSON, bundle_contents.make, IncidentRequest(incident=incident.id))


def test_a_ground_for_a_bundle_shows_no_trail(made: Bundled) -> None:
    ground = ask(made)
    made.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))
    look = TrailRequest(person="P-1", ground=ground, purpose=Purpose.COURT, case_number="ALM-1")
    with pytest.raises(NotAllowedError) as caught:
        made.office.do(OFFICER, trail_access.trail, look)
    assert caught.value.reason is AccessRefusal.NO_GROUND


def test_a_ground_for_a_look_makes_no_bundle(made: Bundled) -> None:
    start = to_datetime(made.incident().start_us)
    look = grounds.RecordGround(
        "P-1", Purpose.COURT, "ALM-1", start - RUN_UP / 2, start, "The court asks."
    )
    ground = made.office.do(OFFICER, grounds.record, look)
    made.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))
    assert refused(made) is AccessRefusal.NO_GROUND


def test_what_lies_around_the_incident_needs_no_other_ground(
    made: Bundled, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, around = bundle_contents._messages, grounds.around(made.incident(), made.office.now)

    def inside(*of: Any) -> list[LogRecord]:
        return [
            one
            for one in every(*of)
            if to_datetime(one.share.first_us) in around
            and to_datetime(one.share.last_us) in around
        ]

    monkeypatch.setattr(bundle_contents, "_messages", inside)
    collected = made.office.do(OFFICER, bundle_contents.make, asked(made))
    assert 0 < collected.files["messages.jsonl"].count(b"\n") < 79


def test_what_is_asked_wrongly_is_refused(made: Bundled) -> None:
    with pytest.raises(NotAllowedError):
        ask(made, purpose=Purpose.DANGER)
    with pytest.raises(NotAllowedError):
        ask(made, case_number=" ")
    with pytest.raises(InvalidInputError):
        ask(made, reason=" ")
    ask(made)
    with pytest.raises(ActionConflictError):
        ask(made)
