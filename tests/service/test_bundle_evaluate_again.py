"""The bundle of an incident holds what judging says of it, and of no other one of its kind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.retained_data import IncidentClosure, RetentionContext
from mesure.actions.records.procedure import default_retention
from mesure.actions.records.record_types import RegisterReader
from mesure.bundle import archive, evaluate_again, verification_words
from mesure.bundle import verify as verify_bundle
from mesure.bundle.evaluate_again import BundleSpan
from mesure.bundle.verify import BundleDifference
from mesure.machine import engine, texts
from mesure.privacy.retention.retention_schedule import RetentionHold
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import CONTENT, MANIFEST, BundleCheck, BundleError
from mesure.store.values.effects import StoredIncident
from tests.evaluation import scenes
from tests.evaluation.scenes import Fix, H, M
from tests.formats import test_reduce_messages
from tests.service import bundled
from tests.service.bundled import Bundled, remade, was_made


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundled]:
    """Give nights of silence, of which every second was refuted by what came later."""
    with bundled.open_case(tmp_path_factory.mktemp("silent"), bundled.silences()) as case:
        yield case


@pytest.fixture(scope="module")
def bundles(silent: Bundled) -> list[tuple[StoredIncident, bytes]]:
    return [(one, silent.make(about=one).data) for one in silent.incidents()]


def incidents_in(data: bytes) -> list[dict[str, Any]]:
    files = archive.read(data)
    incidents: list[dict[str, Any]] = json.loads(files[f"{CONTENT}judgement.json"])["incidents"]
    return incidents


def test_the_bundle_of_every_silence_holds_its_own_judgement(
    bundles: list[tuple[StoredIncident, bytes]],
) -> None:
    assert {one.kind for one, _ in bundles} == {"silent"}
    assert [sum(one.withdrawn_us is not None for one, _ in bundles), len(bundles)] == [4, 10]
    for incident, data in bundles:
        assert [of["id"] for of in incidents_in(data)] == [incident.id]
    assert verify_bundle.verify(bundles[-1][1]).differs == ()


def content_of(data: bytes) -> dict[str, bytes]:
    files = archive.read(data)
    return {
        path.removeprefix(CONTENT): of for path, of in files.items() if path.startswith(CONTENT)
    }


def change_incident(content: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    incident = json.loads(content[evaluate_again.INCIDENT]) | changes
    return {**content, evaluate_again.INCIDENT: json.dumps(incident).encode()}


def about(data: bytes, **changes: object) -> str | None:
    """Return which incident judging finds for one that was kept otherwise."""
    head = bundle_manifest.read_manifest(archive.read(data)[MANIFEST]).head
    span = BundleSpan(head.until_us, head.received_until_us)
    incident = evaluate_again.judge(change_incident(content_of(data), **changes), span).incident
    return None if incident is None else incident.id


def test_the_judgement_of_another_silence_is_found_out(
    bundles: list[tuple[StoredIncident, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such bundles were made once: with the key of the log, and entered in it."""
    monkeypatch.setattr(verify_bundle, "_was_made", was_made)
    refuted, stands = (
        next(data for one, data in bundles if (one.withdrawn_us is not None) == is_withdrawn)
        for is_withdrawn in (True, False)
    )
    other = json.loads(content_of(refuted)["judgement.json"])

    def change(content: dict[str, bytes]) -> None:
        own = json.loads(content["judgement.json"]) | {"incidents": other["incidents"]}
        text = json.dumps(own, ensure_ascii=False, sort_keys=True, indent=1)
        content["judgement.json"] = text.encode() + b"\n"

    with pytest.raises(BundleError, match="judging it again gives other bytes") as caught:
        verify_bundle.verify(remade(stands, change))
    assert (caught.value.step, caught.value.path) == (BundleCheck.REPLAY, "judgement.json")


@pytest.mark.parametrize("changed", ["judgement.json", "assessments.jsonl"])
def test_where_another_version_made_it_and_judging_differs_both_are_named(
    bundles: list[tuple[StoredIncident, bytes]], monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """Why: without it, an upgrade would look as if somebody had forged the bundle of before."""
    monkeypatch.setattr(verify_bundle, "_was_made", was_made)
    other = remade(bundles[0][1], lambda content: content.update({changed: b"{}\n"}))

    def lines() -> str:
        with pytest.raises(BundleError) as caught:
            verify_bundle.verify(other)
        return "\n".join(verification_words.broken(caught.value, texts.catalogue("en")))

    assert "version" not in lines()
    own = engine.VERSION
    monkeypatch.setattr(engine, "VERSION", "99.0.0")
    monkeypatch.setattr(verification_words, "VERSION", "99.0.0")
    assert f"version {own} of Mesure, or by a changed one; this is version 99.0.0" in lines()
    assert "Check it with the version that made it." in lines()


def test_an_incident_is_found_though_its_beginning_and_its_name_moved(
    bundles: list[tuple[StoredIncident, bytes]],
) -> None:
    for incident, data in (bundles[2], bundles[4]):
        moved = {"id": "another", "start_us": incident.start_us - 60_000_000}
        assert about(data, **moved) == incident.id
        standing = {"withdrawn_us": None if incident.withdrawn_us else incident.opened_us}
        assert about(data, **standing) == incident.id  # By its name.
        assert about(data, **moved, **standing) is None
        assert about(data, id="another", kind="absent") is None
        assert about(data, id="another", condition="C9") is None
        before = {"start_us": incident.start_us - 2, "end_us": incident.start_us - 1}
        assert about(data, id="another", **before) is None


def test_what_was_refuted_here_and_not_there_is_told(
    bundles: list[tuple[StoredIncident, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_bundle, "_was_made", was_made)
    data = next(data for one, data in bundles if one.withdrawn_us is not None)

    def change(content: dict[str, bytes]) -> None:
        content.update(change_incident(content, withdrawn_us=None))

    assert verify_bundle.verify(remade(data, change)).differs == (BundleDifference.OTHER_STANDING,)


def test_of_an_incident_of_a_device_it_is_said_that_nothing_is_judged(
    bundles: list[tuple[StoredIncident, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_bundle, "_was_made", was_made)

    def change(content: dict[str, bytes]) -> None:
        content.update(change_incident(content, kind="strap", condition="device"))
        judgement = json.loads(content["judgement.json"]) | {"incidents": []}
        text = json.dumps(judgement, ensure_ascii=False, sort_keys=True, indent=1)
        content["judgement.json"] = text.encode() + b"\n"

    assert verify_bundle.verify(remade(bundles[0][1], change)).differs == (
        BundleDifference.NOT_JUDGED,
    )


def all_holds(case: Bundled) -> dict[str, RetentionHold]:
    """Return what each incident holds, none of them closed."""
    office = case.office
    means = RetentionContext(
        default_retention(),
        lambda *_: lambda _: IncidentClosure(None, is_contested=False),
        office.now,
    )
    with office.store.read() as reading:
        rows = RegisterReader(reading, office.keyring)
        return {one.name: one for one in retained_data.holds(reading, rows, means, "P-1")}


def test_a_night_that_the_morning_showed_is_raised_again(tmp_path: Path) -> None:
    """The fix that decided it was taken later than two hours after its end."""
    us = scenes.us
    evening = [Fix(at_us, at_us, 65.0) for at_us in range(us("10T14:35"), us("11T05:00"), 140 * M)]
    morning = [Fix(us(at), us(at), 5_000.0) for at in ("11T08:05", "11T08:15")]
    messages = [
        test_reduce_messages.message(number, part)
        for number, part in enumerate((evening, morning[:1], morning[1:]), start=2)
    ]
    with bundled.open_case(tmp_path, messages) as case:
        incident = case.incident()
        assert (incident.end_us, incident.opened_us) == (us("11T06:00"), us("11T08:15"))
        assert verify_bundle.verify(case.make().data).differs == ()
        assert all_holds(case)[incident.id].end_us == us("11T08:15") + 2 * H


def test_a_silence_that_was_refuted_holds_the_trail_until_it_was_and_no_longer(
    silent: Bundled,
) -> None:
    """What never ended would hold whatever came after it."""
    holds = all_holds(silent)
    for incident in silent.incidents():
        if incident.withdrawn_us is not None:
            assert incident.end_us is None
            assert holds[incident.id].end_us == incident.withdrawn_us + 2 * H
