"""From what a device sent to what is judged and handed over: held against what was sent itself.

Nothing here is read back by the code that is shown: a fix that is lost on its way to the judge, or
a message that no bundle holds, would be lost on both sides of a comparison, and nobody would see.
"""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest

from mesure.actions.framework.context import Actor
from mesure.bundle import archive
from mesure.evaluation import pipeline, rules
from mesure.incidents import raising
from mesure.instants import to_datetime, to_us
from mesure.orders.reading import read_order as order_reading
from mesure.privacy.purposes import Purpose
from mesure.version import VERSION
from tests.evaluation import scenes
from tests.evaluation.scenes import fixes, stay, us, walk
from tests.service import bundled, court
from tests.service.agreeing import list_assessments, list_incidents
from tests.service.bundled import OFFICER, PERSON, Bundled
from tests.service.court import Court

UNTIL_US = us("11T03:00")
EVENING = fixes(
    stay("10T20:00", "10T23:00"),
    walk("10T23:00", 0.0, 2_000.0),
    stay("10T23:25", "11T01:00", 2_000.0),
    walk("11T01:00", 2_000.0, 0.0),
    stay("11T01:25", "11T03:00"),
)
CONDITIONS = (scenes.CURFEW, scenes.RESIDENCE)
FIRST = scenes.order(*CONDITIONS)
LATER = scenes.order(*CONDITIONS, in_force="from: 2026-02-11, until: 2026-03-01")


@pytest.fixture
def night_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as at_court:
        at_court.vary_order(LATER, {})
        at_court.report_fixes(EVENING)
        at_court.worker().step(UNTIL_US)
        yield at_court


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path_factory.mktemp("whole")) as case:
        yield case


def test_what_the_service_says_is_what_the_fixes_say_that_were_sent(night_court: Court) -> None:
    texts = (scenes.order(*CONDITIONS, in_force="from: 2026-02-01, until: 2026-02-11"), LATER)
    versions = [order_reading.read("order.yaml", text.encode(), {}) for text in texts]
    ready = rules.prepare(versions, scenes.default_policy(), to_datetime(UNTIL_US))
    statement = pipeline.replay(ready, EVENING, UNTIL_US)
    assessments = [
        (
            assessment.condition,
            assessment.status.value,
            to_us(assessment.span.start),
            to_us(assessment.span.end),
        )
        for assessment in statement.assessments
    ]
    assert sorted(assessments, key=lambda row: (row[0], row[2])) == list_assessments(night_court)
    opened = [
        (incident.condition, incident.kind.value, to_us(incident.opened_at), to_us(incident.start))
        for incident in raising.incidents(ready, statement, {}, unsigned=False)
    ]
    assert opened
    assert sorted(opened) == sorted(row[1:5] for row in list_incidents(night_court))


def test_each_assessment_names_the_version_the_policy_and_the_program_it_was_made_by(
    night_court: Court,
) -> None:
    """One that goes on over a variation names the version in force where it begins."""
    first, later = (sha256(text.encode()).digest() for text in (FIRST, LATER))
    assessments = night_court.assessments()
    named = {one.order_version_sha256 for one in assessments}
    assert named == {first, later}
    for assessment in assessments:
        is_later = assessment.start_us >= us("11T00:00")
        assert assessment.order_version_sha256 == (later if is_later else first)
        assert assessment.policy_version == scenes.default_policy().version
        assert assessment.engine_version == VERSION


@pytest.mark.parametrize("side", [OFFICER, PERSON])
def test_a_bundle_of_either_side_holds_every_message_that_was_sent(
    night: Bundled, side: Actor
) -> None:
    purpose = Purpose.COURT if side is OFFICER else None
    files = archive.read(night.make(side, purpose).data)
    messages = [json.loads(line) for line in files["content/messages.jsonl"].splitlines()]
    from_us, until_us = _span(files)
    sent = [
        counter
        for counter, part in enumerate(bundled.parts(), start=2)
        if part[-1].observed_us >= from_us and part[0].observed_us < until_us
    ]
    assert len(sent) > 50
    assert [one["counter"] for one in messages] == sent


def test_a_bundle_tells_of_every_fix_of_its_messages(night: Bundled) -> None:
    files = archive.read(night.make().data)
    messages = [json.loads(line) for line in files["content/messages.jsonl"].splitlines()]
    table = list(csv.DictReader(StringIO(files["content/fixes.csv"].decode())))
    sent = dict(enumerate(bundled.parts(), start=2))
    assert len(table) == sum(len(sent[one["counter"]]) for one in messages)


def test_a_bundle_is_of_its_own_incident(night: Bundled) -> None:
    incident = night.incident()
    files = archive.read(night.make().data)
    [judged_again] = json.loads(files["content/judgement.json"])["incidents"]
    bundled_incident = json.loads(files["content/incident.json"])
    for record in (judged_again, bundled_incident):
        assert record["id"] == incident.id
        assert record["condition"] == incident.condition
    assert to_us(datetime.fromisoformat(judged_again["start"])) == incident.start_us
    assert json.loads(files["manifest.json"])["incident"] == incident.id


def _span(files: dict[str, bytes]) -> tuple[int, int]:
    manifest = json.loads(files["manifest.json"])
    return manifest["from_us"], manifest["until_us"]
