"""A person's incidents as a list: a page at a time, those that wait, and those alike."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.data_rights import retained_data
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import IncidentsRequest, RecordFinding
from mesure.actions.records import incident_records
from mesure.actions.records.procedure import STANDARD
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import InvalidInputError, NotFoundError
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.instants import to_us
from mesure.store.keyring import sealing
from tests.actions import progress, raised
from tests.actions.house import MORNING
from tests.actions.scene import CASE, OfficeScene

SHOW = IncidentRequest(incident="I-1", **CASE)
EXCUSED = RecordFinding(
    "I-1", FindingOutcome.EXCUSED, "The bus broke down.", FindingCause.REASONABLE_EXCUSE
)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def incident(scene: OfficeScene) -> None:
    raised.judge(scene.office, raised.incident("P-1", "I-1"))


def many(scene: OfficeScene, count: int, first: int = 2, **more: Any) -> list[str]:
    """Keep further incidents, each a little later than the one before."""
    incidents = [
        replace(raised.incident("P-1", f"I-{n:02}"), start_us=to_us(MORNING + n * HOUR), **more)
        for n in range(first, first + count)
    ]
    raised.judge(scene.office, *incidents)
    return [one.id for one in incidents]


def list_incidents(scene: OfficeScene, **filters: Any) -> list[str]:
    heads = scene.do(
        scene.person, incident_review.list_incidents, IncidentsRequest("P-1", **filters)
    )
    return [one.incident for one in heads]


def test_pages_go_on_behind_the_last_one_though_the_list_has_grown(scene: OfficeScene) -> None:
    names = many(scene, 9)
    first = scene.do(scene.person, incident_review.list_incidents, IncidentsRequest("P-1", count=4))
    assert [one.incident for one in first] == names[:-5:-1]
    many(scene, 3, first=20)
    after = incident_review.mark(first[-1])
    rest = list_incidents(scene, after=after)
    assert rest == [*names[-5::-1], "I-1"]
    assert list_incidents(scene, after=after, count=2) == rest[:2]


def test_how_far_incidents_have_come_is_the_same_read_at_once(scene: OfficeScene) -> None:
    names = ["I-1", *many(scene, 2)]
    for name in names[:2]:
        scene.do(scene.ann, incident_review.show, IncidentRequest(incident=name, **CASE))
        scene.do(scene.ann, incident_review.find, replace_incident(EXCUSED, name))
    scene.do(scene.person, contests.make, contests.IncidentStatement("I-1", "I was on the bus."))
    scene.office.later(days=40)
    with scene.office.store.read() as reading:
        rows = RegisterReader(reading, scene.office.keyring)
        at_once = retained_data.incident_closures(rows, "P-1")
        for head in reading.heads_of("P-1", 9):
            alone = progress.incident_progress(rows, head.id, STANDARD.contest_within)
            closed_us = None if alone.closes_at is None else to_us(alone.closes_at)
            assert at_once(head) == (closed_us, alone.is_contested)
        closures = [at_once(head) for head in reading.heads_of("P-1", 9)]
    assert [one.is_contested for one in closures] == [False, False, True]
    assert [one.closed_us is None for one in closures] == [True, False, True]


def replace_incident(finding: RecordFinding, name: str) -> RecordFinding:
    return RecordFinding(name, finding.outcome, finding.reason, finding.cause)


@pytest.mark.parametrize("after", ["x", "12", ".I-1", "1x.I-1", "9" * 30 + ".I-1", "\u0661.I-1"])
def test_a_place_that_no_list_gave_is_refused(scene: OfficeScene, after: str) -> None:
    with pytest.raises(InvalidInputError):
        list_incidents(scene, after=after)


def test_those_that_wait_have_no_finding_and_were_not_withdrawn(scene: OfficeScene) -> None:
    names = many(scene, 4)
    many(scene, 1, first=20, withdrawn_us=to_us(MORNING))
    assert list_incidents(scene, waits=True) == [*names[::-1], "I-1"]
    scene.do(scene.ann, incident_review.show, SHOW)
    assert "I-1" in list_incidents(scene, waits=True)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    assert list_incidents(scene, waits=True) == names[::-1]
    assert list_incidents(scene, waits=True, count=2) == names[:1:-1]
    place = incident_review.mark(
        scene.do(scene.person, incident_review.list_incidents, IncidentsRequest("P-1", waits=True))[
            1
        ]
    )
    assert list_incidents(scene, waits=True, after=place) == names[1::-1]


def test_a_finding_that_was_kept_without_its_key_waits_for_nothing(scene: OfficeScene) -> None:
    scene.do(scene.ann, incident_review.show, SHOW)
    scene.do(scene.ann, incident_review.find, EXCUSED)
    office = scene.office
    with office.store.read() as reading:
        entry = reading.entry("review", "I-1")
    assert entry is not None
    assert entry.keys == {incident_records.FOUND}
    revision = entry.revision + 1
    body = _sealed_again(scene, revision)
    bare = msgspec.structs.replace(entry, revision=revision, body=body, keys=frozenset())
    office.store.write(lambda work: work.put(bare))
    assert list_incidents(scene, waits=True) == []


def _sealed_again(scene: OfficeScene, revision: int) -> bytes:
    """Return the review as it is, sealed as another revision."""
    office = scene.office
    with office.store.read() as reading:
        row = RegisterReader(reading, office.keyring).need(incident_records.REVIEW, "I-1")
    bound = sealing.entry_seal_context("P-1", "review", "I-1", revision)
    plain = incident_records.REVIEW.encode(row.value)
    return sealing.seal(office.keyring.key_of("P-1"), plain, bound, office.chance)


def test_earlier_ones_are_alike_in_condition_and_kind(scene: OfficeScene) -> None:
    names = many(scene, 3)
    other = many(scene, 1, first=10, condition="C9")
    many(scene, 1, first=11, withdrawn_us=to_us(MORNING))
    later = many(scene, 1, first=30)
    mark = incident_review.mark(
        scene.do(scene.person, incident_review.list_incidents, IncidentsRequest("P-1"))[0]
    )
    assert mark.endswith(later[0])
    assert list_incidents(scene, alike=later[0], count=2) == names[:0:-1]
    assert list_incidents(scene, alike=names[1]) == [names[0], "I-1"]
    assert list_incidents(scene, alike=other[0]) == []


def test_what_is_alike_is_about_the_same_person(scene: OfficeScene) -> None:
    office = scene.office
    office.person("P-9", scene.ann)
    raised.judge(office, raised.incident("P-9", "I-9"))
    with pytest.raises(NotFoundError):
        scene.do(scene.ann, incident_review.list_incidents, IncidentsRequest("P-1", alike="I-9"))
