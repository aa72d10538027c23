"""Somebody judged message by message, for longer than what is settled: as a replay says."""

from pathlib import Path

from mesure.actions.records import incident_body
from mesure.record import incident_words
from tests.evaluation import scenes
from tests.evaluation.scenes import S, fixes, stay, us
from tests.service import court
from tests.service.agreeing import agree, incidents

WEEKLY = "C4: {appointment: {at: office, every: tue, from: 10:00, until: 10:30, present_min: 10}}"


def test_an_appointment_missed_after_one_that_was_attended_is_judged(tmp_path: Path) -> None:
    """Nobody was at the office for a week: that was decided long before the cut."""
    trail = fixes(
        stay("03T08:00", "03T09:50", every_s=180),
        stay("03T09:50", "03T10:40", 2_000.0, every_s=180),
        stay("03T10:40", "10T11:00", every_s=180),
    )
    with court.open_court(tmp_path, scenes.order(WEEKLY)) as at_court:
        worker = at_court.worker()
        for at in range(0, len(trail), 60):
            part = trail.rows(slice(at, at + 60))
            at_court.report_fixes(part)
            worker.step(int(part.received_us[-1]) + S)
        until_us = us("10T11:00")
        worker.step(until_us)
        agree(at_court, until_us)
        [missed] = [one for one in at_court.incidents() if one.kind == "missed"]
        body = incident_words.read(incident_body.unseal(at_court.office.keyring, missed))
        [replayed_one] = incidents(at_court, until_us)
        assert body.incident.account.terms == replayed_one.account.terms


def test_whoever_starts_again_before_anything_is_settled_supersedes_nothing(tmp_path: Path) -> None:
    with court.open_court(tmp_path) as at_court:
        at_court.worker().step(us("10T20:00"))
        worker = at_court.worker()
        at_court.report_fixes(fixes(stay("10T20:00", "10T23:00")))
        until_us = us("10T23:00")
        worker.step(until_us)
        agree(at_court, until_us)
        assert not at_court.list_superseded()
