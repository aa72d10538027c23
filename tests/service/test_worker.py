"""A worker in a real store: what it keeps is what a replay of what was stored says."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from mesure.actions.devices import device_commands
from mesure.actions.judging import judge_store
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.judging.judging_values import PersonEvaluation
from mesure.actions.orders.binding_order import ABSENCE, GRANTED, AbsenceRecord
from mesure.actions.records import incident_body
from mesure.devices.message.downlink import FixBurst
from mesure.devices.message.uplink import Heartbeat, UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.formats import fixes_files
from mesure.incidents.device_problems import CONDITION
from mesure.instants import MAX_US, MIN_US, to_datetime
from mesure.live import device_notices
from mesure.record import incident_words
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import PartitionOwner
from mesure.store.values.faults import ConflictError, FencedError, UnavailableError
from mesure_lab.demonstration import demo
from tests.evaluation import scenes
from tests.evaluation.scenes import S, deliver_at, fixes, stay, us, walk
from tests.service import court
from tests.service.agreeing import agree, list_assessments, replay_assessments
from tests.service.court import PERSON, Court

EVENING = fixes(
    stay("10T20:00", "10T23:00"),
    walk("10T23:00", 0.0, 2_000.0),
    stay("10T23:25", "11T01:00", 2_000.0),
    stay("11T01:10", "11T03:00"),
)


@pytest.fixture
def at_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as opened:
        yield opened


# --- What comes ----------------------------------------------------------------------------------


def test_what_comes_is_judged_and_kept(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(EVENING)
    until_us = us("11T03:00")
    assert worker.step(until_us) == 1
    agree(at_court, until_us)
    [away] = [one for one in at_court.incidents() if one.kind == "absent"]
    assert away.end_us is not None
    assert worker.step(until_us) == 0  # Nothing came, and nothing is due.


def test_message_by_message_with_restarts_it_is_the_same(at_court: Court) -> None:
    worker = at_court.worker()
    for at in range(0, len(EVENING), 7):
        at_court.report_fixes(EVENING.rows(slice(at, at + 7)))
        now_us = int(EVENING.received_us[min(at + 6, len(EVENING) - 1)]) + S
        worker.step(now_us)
        if at % 5 == 0:
            worker = at_court.worker()
    until_us = us("11T04:00")
    worker.step(until_us)
    agree(at_court, until_us)


def test_a_clock_that_was_set_back_holds_nothing_up(at_court: Court) -> None:
    """Looks at one and the same moment, of somebody who is left alone: what holds goes on after."""
    worker = at_court.worker()
    home = fixes(stay("10T20:00", "10T23:00"))
    at_court.report_fixes(home.rows(slice(0, 150)))
    worker.step(us("10T22:40"))
    for at in range(150, 153):
        at_court.report_fixes(home.rows(slice(at, at + 1)))
        assert worker.step(us("10T22:30")) == 1
    at_court.report_fixes(home.rows(slice(153, 180)))
    until_us = us("10T23:00")
    assert worker.step(until_us) == 1
    agree(at_court, until_us)


def test_what_was_told_of_an_incident_names_message_and_fix(at_court: Court) -> None:
    at_court.report_fixes(EVENING)
    at_court.worker().step(us("11T03:00"))
    [away] = [one for one in at_court.incidents() if one.kind == "absent"]
    body = incident_words.read(incident_body.unseal(at_court.office.keyring, away))
    assert set(body.explanation) == {"en", "fr", "ru", "kk"}
    with at_court.office.store.read() as reading:
        messages = {one.place.sequence for one in reading.messages(PERSON, MIN_US, MAX_US)}
    assert {place.sequence for place in body.evidence} <= messages
    assert body.incident.id == away.id
    assert not body.incident.facts.unsigned


def test_silence_is_told_without_a_message(at_court: Court) -> None:
    at_court.report_fixes(fixes(stay("10T20:00", "10T22:30")))
    worker = at_court.worker()
    worker.step(us("10T22:30"))
    for hour in range(23, 28):
        day, at = divmod(hour, 24)
        worker.step(us(f"{10 + day}T{at:02}:00"))
    until_us = us("11T03:00")
    worker.step(until_us)
    [silent] = [one for one in at_court.incidents() if one.condition == "C1"]
    assert (silent.kind, silent.end_us) == ("silent", None)
    assert silent.opened_us == us("11T02:29")


def test_late_evidence_withdraws_and_supersedes(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(fixes(stay("10T20:00", "10T22:30")))
    worker.step(us("10T22:31"))
    worker.step(us("11T03:00"))
    late = fixes(deliver_at(stay("10T22:30", "11T02:50"), "11T03:10"))
    at_court.report_fixes(late)
    until_us = us("11T03:11")
    worker.step(until_us)
    agree(at_court, until_us)
    assert all(one.withdrawn_us == us("11T03:10") for one in at_court.incidents())
    assert at_court.list_superseded()


# --- A fortnight ---------------------------------------------------------------------------------


def test_days_of_a_demo_reported_live(tmp_path: Path) -> None:
    """With a cut, a late night and a restart: to the byte what a replay of the messages says."""
    files = demo.fortnight(7)
    maps = {name: data for name, data in files.items() if name.endswith(".geojson")}
    record = fixes_files.read("fixes.csv", files["fixes.csv"])
    carried = [(datetime.fromisoformat("2026-09-01T00:00:00+00:00"), None)]
    reports = list(court.of_record(record))[:6_500]  # Five days.
    with court.open_court(tmp_path, files["order.yaml"].decode(), maps, carried) as at_court:
        worker = at_court.worker()
        for at in range(0, len(reports), 50):
            batch = reports[at : at + 50]
            at_court.send_messages(*batch)
            until_us = batch[-1][1] + S
            worker.step(until_us)
            if at % 2_000 == 1_950:
                worker = at_court.worker()
        agree(at_court, until_us)
        with at_court.office.store.read() as reading:
            [duty] = judge_store.duties(reading, at_court.office.keyring, PERSON)
            assert judge_store.state_of(reading, at_court.office.keyring, duty) is not None


# --- What is changed -----------------------------------------------------------------------------


def grant(at_court: Court, start: str, end: str, *conditions: str) -> None:
    value = AbsenceRecord(
        order=at_court.order,
        conditions=conditions,
        start_at=to_datetime(us(start)),
        until_at=to_datetime(us(end)),
        reason="hospital",
        stage=GRANTED,
        how="declared",
        asked_at=to_datetime(us(end)),
        asked_by="test",
        due_at=to_datetime(us(end)),
        answered_by="O-7",
    )
    at_court.office.write(lambda rows, _: rows.add(ABSENCE, "B-1", value, PERSON))


def test_an_absence_that_is_granted_afterwards_counts_from_when_it_began(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(EVENING)
    worker.step(us("11T03:00"))
    assert [one.withdrawn_us for one in at_court.incidents() if one.kind == "absent"] == [None]
    grant(at_court, "10T22:30", "11T01:30", "C1")
    until_us = us("11T03:05")
    assert worker.step(until_us) == 1
    assert list_assessments(at_court) == replay_assessments(at_court, until_us)
    [away] = [one for one in at_court.incidents() if one.kind == "absent"]
    assert away.withdrawn_us == until_us
    stood = [one.assessment.status for one in at_court.list_superseded()]
    assert "not_met" in stood


def test_a_new_version_counts_from_its_date(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(EVENING)
    worker.step(us("11T03:00"))
    later = "from: 2026-02-11T00:00, until: 2026-03-01"
    at_court.vary_order(scenes.order(scenes.RESIDENCE, in_force=later), {})
    until_us = us("11T03:05")
    assert worker.step(until_us) == 1
    agree_us = [one for one in list_assessments(at_court) if one[0] == "C1"]
    assert max(one[3] for one in agree_us) == us("11T00:00")
    assert list_assessments(at_court) == replay_assessments(at_court, until_us)


def test_what_is_changed_while_nobody_judges_is_found(at_court: Court) -> None:
    at_court.report_fixes(EVENING)
    at_court.worker().step(us("11T03:00"))
    grant(at_court, "10T22:30", "11T01:30", "C1")
    until_us = us("11T03:05")
    at_court.worker().step(until_us)
    assert list_assessments(at_court) == replay_assessments(at_court, until_us)


def test_what_nobody_carried_is_not_judged(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(EVENING, is_carried=False)
    worker.step(us("11T03:00"))
    assert {one.status for one in at_court.assessments()} <= {"unknown"}


def test_who_gave_the_device_back_is_judged_by_it_until_then(tmp_path: Path) -> None:
    carried = [(court.START, to_datetime(us("10T23:00")))]
    with court.open_court(tmp_path, carried=carried) as at_court:
        at_court.report_fixes(EVENING)
        until_us = us("11T03:00")
        at_court.worker().step(until_us)
        agree(at_court, until_us)
        assert not [one for one in at_court.assessments() if one.status == "not_met"]


# --- Who judges ----------------------------------------------------------------------------------


def test_who_was_replaced_judges_no_more(at_court: Court) -> None:
    first = at_court.worker("first")
    at_court.worker("second")
    at_court.report_fixes(EVENING)
    with pytest.raises(FencedError):
        first.step(us("11T03:00"))
    assert not at_court.assessments()


def test_a_signed_device_is_asked_once_for_one_doubt(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(fixes(stay("10T21:00", "10T22:10")))
    worker.step(us("10T22:10"))
    for minute in (41, 41, 42):
        worker.step(us(f"10T22:{minute}") - 30 * S)
    with at_court.office.store.read() as reading:
        waiting = reading.due(device_commands.KIND, us("11T00:00"), 10)
    [outgoing] = waiting
    command = device_commands.open_command(outgoing, at_court.office.keyring, us("10T22:40"))
    assert isinstance(command, FixBurst)
    assert outgoing.to == court.DEVICE


def test_a_sign_of_life_is_no_fix(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.send_messages((Heartbeat(battery_percent=50), us("10T22:00")))
    worker.step(us("10T23:00"))
    assert {one.status for one in at_court.assessments()} == {"unknown"}
    assert not at_court.failed


def test_somebody_about_whom_all_was_erased_is_passed_over(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(EVENING)
    at_court.office.keyring.forget(PERSON, us("11T02:00"))
    assert worker.step(us("11T03:00")) == 0
    assert not at_court.failed


def test_who_cannot_be_judged_is_tried_again(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_court.report_fixes(EVENING)
    worker = at_court.worker()
    worker._failed = lambda person, error: at_court.failed.append((person, error))

    def broken(*_: object) -> object:
        raise ValueError("no good")

    with monkeypatch.context() as patch:
        patch.setattr(judge_store, "duties", broken)
        assert worker.step(us("11T03:00")) == 0
    assert [str(error) for _, error in at_court.failed] == ["no good"]
    assert at_court.worker().step(us("11T03:00")) == 1
    assert worker.counts.failed == 1


def test_a_store_that_was_away_has_everything_when_it_is_back(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_court.report_fixes(EVENING)
    worker = at_court.worker()

    def away(*_: object) -> None:
        raise UnavailableError("away")

    with monkeypatch.context() as patch:
        patch.setattr(judge_store, "keep", away)
        with pytest.raises(UnavailableError):
            worker.step(us("11T03:00"))
    assert worker.step(us("11T03:00")) == 1
    assert at_court.incidents()
    agree(at_court, us("11T03:00"))


# --- What devices say of themselves --------------------------------------------------------------


def strap(at: str, *, closed: bool) -> tuple[UplinkEvents, int]:
    return UplinkEvents((UplinkEvent(UplinkEventKind.STRAP, us(at), closed),)), us(at)


def notices(at_court: Court) -> list[tuple[str, str, int | None, int]]:
    return [
        (
            incident.kind,
            scenes.format_instant(incident.start_us),
            incident.end_us,
            incident.revision,
        )
        for incident in at_court.incidents()
        if incident.condition == CONDITION
    ]


def test_an_open_strap_is_told_of_without_another_message(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.send_messages(strap("10T08:00", closed=False))
    worker.step(us("10T08:00") + S)
    assert notices(at_court) == []
    worker.step(us("10T08:02") + S)
    assert notices(at_court) == [("strap", "10T08:00", None, 1)]
    at_court.send_messages(strap("10T09:00", closed=True))
    at_court.worker().step(us("10T09:01"))
    assert notices(at_court) == [("strap", "10T08:00", us("10T09:00"), 2)]


def test_moments_of_a_day_go_on_being_counted_after_a_restart(at_court: Court) -> None:
    for minute in (10, 20, 30):
        at_court.send_messages(strap(f"10T08:{minute}", closed=False))
        at_court.send_messages(strap(f"10T08:{minute}:20", closed=True))
        at_court.worker().step(us(f"10T08:{minute}:40"))
    [notice] = notices(at_court)
    assert notice == ("strap", "10T08:10", us("10T08:30:20"), 3)
    [kept_one] = [one for one in at_court.incidents() if one.condition == CONDITION]
    body = incident_body.unseal(at_court.office.keyring, kept_one)
    assert msgspec.json.decode(body, type=device_notices.NoticeBody).notice.count == 3


def test_what_devices_say_is_no_incident_of_a_place(at_court: Court) -> None:
    at_court.send_messages(strap("10T08:00", closed=False))
    at_court.report_fixes(EVENING)
    worker = at_court.worker()
    worker.step(us("11T03:00"))
    worker.step(us("11T05:00"))
    assert [one[0] for one in notices(at_court)] == ["strap"]
    assert "absent" in {one.kind for one in at_court.incidents()}


# --- What goes wrong -----------------------------------------------------------------------------


def test_a_clock_that_was_set_back_unsays_nothing(at_court: Court) -> None:
    worker = at_court.worker()
    at_court.report_fixes(EVENING)
    worker.step(us("11T03:00"))
    before = list_assessments(at_court)
    at_court.send_messages(strap("10T08:00", closed=False))
    worker.step(us("11T02:00"))
    at_court.worker().step(us("11T02:30"))
    assert list_assessments(at_court) == before


def test_one_whose_judging_cannot_be_kept_holds_up_nobody_else(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = at_court.worker()
    worker._failed = lambda person, error: at_court.failed.append((person, error))
    evaluations = [
        PersonEvaluation(person, us("11T03:00"), 0, None, ()) for person in ("P-0", PERSON, "P-2")
    ]
    keep = judge_store.keep

    def refuse_others(
        work: WriteTransaction,
        sealer: Sealer,
        owner: PartitionOwner,
        evaluations: Sequence[PersonEvaluation],
        at: int,
    ) -> None:
        if any(one.person != PERSON for one in evaluations):
            raise ConflictError("no")
        keep(work, sealer, owner, evaluations, at)

    monkeypatch.setattr(judge_store, "keep", refuse_others)
    worker._keep(evaluations, us("11T03:00"))
    assert sorted(person for person, _ in at_court.failed) == ["P-0", "P-2"]
    with at_court.office.store.read() as reading:
        assert reading.progress_of(PERSON) is not None
