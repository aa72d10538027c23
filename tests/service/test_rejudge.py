"""What is kept is what comes of what was stored; where it is not, that is found."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import rejudge
from mesure.service.maintenance.rejudge import RejudgeResult
from tests.evaluation.scenes import deliver_at, fixes, stay, us
from tests.service import court, installations
from tests.service.court import Court
from tests.service.nights import Night


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installations.begin(tmp_path_factory.mktemp("night")) as instance:
        shown = Night(instance)
        asyncio.run(shown.pass_by())
        shown.close()
        yield instance


def test_what_is_kept_comes_of_what_was_stored(night: Installation) -> None:
    result = rejudge.rejudge(night, ProgressStages())
    assert (result.persons, result.different, result.others) == (4, [], [])
    assert result.assessments > 8
    assert rejudge.result_text(result).endswith("What is kept is what comes of what was stored.\n")


def test_an_id_that_nobody_has_is_refused(night: Installation) -> None:
    """Or a slip of the pen would be told that everything is as it was kept."""
    with pytest.raises(ServiceError, match="nobody is kept under the id 'P-l'"):
        rejudge.rejudge(night, ProgressStages(), ["P-l"])


def test_an_assessment_that_was_changed_is_found(night: Installation) -> None:
    where = "WHERE person = ? AND condition = ? AND start_us = ?"
    change = f"UPDATE assessment SET status = ? {where}"
    with closing(sqlite3.connect(night.folder.database)) as database:
        status, *row = database.execute(
            "SELECT status, person, condition, start_us FROM assessment LIMIT 1"
        ).fetchone()
        database.execute(change, ("unknown" if status != "unknown" else "met", *row))
        database.commit()
        result = rejudge.rejudge(night, ProgressStages())
        database.execute(change, (status, *row))
        database.commit()
    assert len(result.different) == 1
    text = rejudge.result_text(result)
    assert f"1 differ from what is kept: {result.different[0]}." in text
    assert "kept  TOWN-" in text
    assert rejudge.rejudge(night, ProgressStages(), result.different).different == []


def test_whoever_cannot_be_read_is_named_and_the_others_are_judged(night: Installation) -> None:
    with closing(sqlite3.connect(night.folder.database)) as database:
        number, person, sealed = database.execute(
            "SELECT rowid, person, body FROM message WHERE person IS NOT NULL LIMIT 1"
        ).fetchone()
        spoilt = bytes([sealed[0] ^ 1]) + sealed[1:]
        database.execute("UPDATE message SET body = ? WHERE rowid = ?", (spoilt, number))
        database.commit()
        result = rejudge.rejudge(night, ProgressStages())
        database.execute("UPDATE message SET body = ? WHERE rowid = ?", (sealed, number))
        database.commit()
    assert (result.persons, result.unreadable, result.different) == (4, [person], [])
    assert not result.holds
    text = rejudge.result_text(result)
    assert f"1 cannot be judged again (`mesure verify-store` names the rows): {person}." in text
    assert f"{person}: This cannot be read:" in text
    assert rejudge.rejudge(night, ProgressStages(), [person]).holds


def test_whose_key_is_lost_is_named_and_the_others_are_judged(night: Installation) -> None:
    """Without the key nothing seems to bind them, and all that is kept would differ."""
    with closing(sqlite3.connect(night.folder.keyring)) as keys:
        row = keys.execute("SELECT * FROM wrapped_key WHERE name LIKE 'P-%' LIMIT 1").fetchone()
        keys.execute("DELETE FROM wrapped_key WHERE name = ?", row[:1])
        keys.commit()
        result = rejudge.rejudge(night, ProgressStages())
        keys.execute("INSERT INTO wrapped_key VALUES (?, ?)", row)
        keys.commit()
    assert (result.persons, result.unreadable, result.different) == (3, [row[0]], [])
    assert f"{row[0]}: This cannot be read any more: there is no key" in rejudge.result_text(result)


# --- Somebody who has the database ----------------------------------------------------------------


def rejudge_altered(night: Installation, statement: str, back: str) -> RejudgeResult:
    """Return what is found while a database is altered; it is put right again."""
    with closing(sqlite3.connect(night.folder.database)) as database:
        before = database.execute(back.partition(";")[0]).fetchall()
        database.execute(statement)
        database.commit()
        try:
            return rejudge.rejudge(night, ProgressStages())
        finally:
            database.executemany(back.partition(";")[2], before)
            database.commit()


MARKS = "SELECT due_us, sequence, person FROM judged;UPDATE judged SET due_us = ?, sequence = ?"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE judged SET due_us = NULL", "is marked to be judged never"),
        ("UPDATE judged SET due_us = due_us + 86400000000", "is marked to be judged at"),
        ("UPDATE judged SET sequence = 1000000", "as if messages were judged that are not there"),
        ("UPDATE judged SET sequence = sequence - 9", "was not judged by what was received at"),
    ],
)
def test_whoever_is_to_be_judged_no_more_is_found(
    night: Installation, statement: str, message: str
) -> None:
    result = rejudge_altered(night, statement, f"{MARKS} WHERE person = ?")
    assert len(result.forgotten) == 4
    assert not result.holds
    text = rejudge.result_text(result)
    assert message in text
    assert "4 are not judged when they are to be: " in text


def test_whoever_was_never_judged_is_found(night: Installation) -> None:
    columns = "person, part, until_us, sequence, policy_version, engine_version, unsigned, due_us"
    back = f"SELECT {columns} FROM judged;INSERT OR IGNORE INTO judged ({columns}) VALUES "
    first_person = "(SELECT min(person) FROM judged)"
    result = rejudge_altered(
        night, f"DELETE FROM judged WHERE person = {first_person}", f"{back}(?,?,?,?,?,?,?,?)"
    )
    [person] = result.forgotten
    assert f"{person} was never judged\n" in rejudge.result_text(result)


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Court]:
    """Give a court in which late evidence refuted a silence, and somebody was away after that."""
    with court.open_court(tmp_path) as at_court:
        worker = at_court.worker()
        at_court.report_fixes(fixes(stay("10T20:00", "10T22:30")))
        worker.step(us("10T22:31"))
        worker.step(us("11T03:00"))
        at_court.report_fixes(fixes(deliver_at(stay("10T22:30", "11T02:50"), "11T03:10")))
        worker.step(us("11T03:11"))
        at_court.report_fixes(fixes(stay("11T03:11", "11T05:30", 2_000.0)))
        worker.step(us("11T05:31"))
        yield at_court


def again(at_court: Court) -> RejudgeResult:
    outcome = RejudgeResult(newest_us=us("11T05:31"))
    with at_court.office.store.read() as reading:
        rejudge._one(reading, at_court.house, court.PERSON, outcome)
    return outcome


def test_what_was_superseded_or_withdrawn_comes_out_again(late: Court) -> None:
    kinds = [(one.kind, one.withdrawn_us is not None) for one in late.incidents()]
    assert ("silent", True) in kinds
    assert ("absent", False) in kinds
    assert late.list_superseded()
    assert again(late).holds


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM incident WHERE kind = 'absent'",
        "DELETE FROM incident WHERE kind = 'silent'",
        "UPDATE incident SET opened_us = opened_us + 29000000 WHERE kind = 'absent'",
        "UPDATE incident SET withdrawn_us = opened_us WHERE kind = 'absent'",
        "UPDATE incident SET withdrawn_us = NULL WHERE kind = 'silent'",
        "DELETE FROM superseded",
        "UPDATE superseded SET stood_until_us = stood_until_us + 1",
    ],
)
def test_an_incident_or_what_was_superseded_is_found_where_it_was_changed(
    late: Court, tmp_path: Path, statement: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "mesure.db")) as database:
        assert database.execute(statement).rowcount
        database.commit()
    result = again(late)
    assert result.different == [court.PERSON]
    assert result.shown
