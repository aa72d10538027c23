"""What a check of a store says, in each language."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mesure.machine import texts
from mesure.machine.progress import ProgressStages
from mesure.service.export import export_import
from mesure.service.installation import installation, last_checkpoint, log_signing
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.verification import store_words, verify_store
from mesure.service.verification.verify_log import VerifyResult
from mesure.service.verification.verify_store import VerifyStoreRequest
from mesure.store.values.mismatches import (
    AcceptedRollback,
    CommitmentStart,
    MismatchKind,
    RowMismatch,
    StoreVerification,
)
from mesure.store.values.register import RegisterRow
from tests.service import installations

FOUND = (
    RowMismatch("message", (3, 17), MismatchKind.ALTERED, "body"),
    RowMismatch("audit_record", (4,), MismatchKind.ALTERED),
    RowMismatch("assessment", ("P-1", "A-1"), MismatchKind.MISSING),
    RowMismatch("register", ("review", "r"), MismatchKind.ADDED),
    RowMismatch("incident", ("I-1",), MismatchKind.BACK),
    RowMismatch("audit_record", (9,), MismatchKind.ANEW),
    RowMismatch("binding_edge", (), MismatchKind.MISSING),
)


def put(instance: Installation, name: str) -> None:
    instance.store.write(lambda work: work.put(RegisterRow("review", name, 1, None, b"seen", 1)))


def tell(instance: Installation, request: VerifyStoreRequest | None = None) -> VerifyResult:
    return verify_store.tell(
        instance, request or VerifyStoreRequest(), texts.catalogue("en"), ProgressStages()
    )


@pytest.mark.parametrize("language", ["en", "fr", "ru", "kk"])
def test_every_row_is_named_in_every_language(language: str) -> None:
    begun = CommitmentStart(9, "2026-02-11T08:00:00+00:00")
    went_on = AcceptedRollback(7, begun.at, 9)
    outcome = StoreVerification("log.example", 12, 3, 400, (begun, begun), 2, FOUND, (went_on,), 13)
    lines = list(store_words.lines(outcome, texts.catalogue(language), shown_max=6))
    text = "\n".join(lines)
    for part in ("message, ", "3, 17", "body", "P-1, A-1", "review, r", "I-1", "log.example"):
        assert part in text
    assert "binding_edge" not in text  # It is one of those that are only counted.
    assert len(lines) == 1 + 6 + 1 + 2 + 5
    if language != "en":
        english = set(store_words.lines(outcome, texts.catalogue("en"), shown_max=6))
        assert not english & set(lines)


def test_a_store_that_holds_says_so_and_one_that_does_not_says_where(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        put(instance, "a")
        result = tell(instance)
        assert result.holds
        assert "Changes that the log does not have yet: 2." in result.text
        log_signing.checkpoint(instance)
        put(instance, "b")
        log_signing.checkpoint(instance)
        result = tell(instance)
        assert result.holds
        assert "none of its 3 rows was altered" in result.text
        assert "entries 2, signed checkpoints 2" in result.text
        with closing(sqlite3.connect(instance.folder.database)) as raw, raw:
            raw.execute("UPDATE register SET body = x'00' WHERE id = 'b'")
        result = tell(instance)
    assert not result.holds
    assert "register, row review, b: body was altered.\n" in result.text


PARTED = "This log does not go on from a checkpoint that was signed: the checkpoint has 2"
REMEDY = "If it is lost, go on with this one: mesure accept-older."


@pytest.fixture
def old_store(tmp_path: Path) -> tuple[Settings, VerifyStoreRequest]:
    """An older database in the place of the newer one, and a checkpoint of the newer one."""
    with installations.begin(tmp_path) as instance:
        put(instance, "a")
        log_signing.checkpoint(instance)
        saved = tmp_path / "saved.db"
        with closing(sqlite3.connect(instance.folder.database)) as raw:
            raw.execute("VACUUM INTO ?", (str(saved),))
        put(instance, "b")
        log_signing.checkpoint(instance)
        with instance.store.read() as reading:
            note = log_signing.last_note(reading)
        (tmp_path / "kept.txt").write_text(str(note))
        request = VerifyStoreRequest(earlier=(tmp_path / "kept.txt",))
        assert tell(instance, request).holds
        database = instance.folder.database
    for path in database.parent.glob("mesure.db*"):
        path.unlink()
    saved.rename(database)
    return installations.settings(tmp_path), request


def test_what_lies_beside_the_key_shows_that_an_older_database_was_put_back(
    old_store: tuple[Settings, VerifyStoreRequest],
) -> None:
    with installation.open_installation(old_store[0]) as instance:
        result = tell(instance)
    assert not result.holds
    assert "audit_entry, row 1: it is missing, and nothing erased it." in result.text
    assert "checkpoint, row 2: it is missing" in result.text
    assert f"{PARTED} entries, and the log 1. An older database may" in result.text
    assert REMEDY in result.text


def test_it_shows_also_where_as_much_came_since_as_is_missing(
    old_store: tuple[Settings, VerifyStoreRequest],
) -> None:
    with installation.open_installation(old_store[0]) as instance:
        installations.record(instance, 4)
        result = tell(instance)
    assert not result.holds
    assert f"{PARTED} entries, and the log 5." in result.text
    assert REMEDY in result.text


def test_an_altered_line_is_not_said_to_be_an_older_database(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        put(instance, "a")
        log_signing.checkpoint(instance)
        with closing(sqlite3.connect(instance.folder.database)) as raw, raw:
            raw.execute("UPDATE audit_entry SET line = x'00' WHERE entry = 0")
        result = tell(instance)
    assert not result.holds
    assert "audit_entry, row 0: line was altered." in result.text
    assert "older" not in result.text


def test_an_older_database_that_was_accepted_holds_and_says_so(
    old_store: tuple[Settings, VerifyStoreRequest],
) -> None:
    settings, request = old_store
    with installation.open_installation(settings) as instance:
        assert last_checkpoint.accept(instance)
        log_signing.checkpoint(instance)
        put(instance, "c")
        log_signing.checkpoint(instance)
        result, against = tell(instance), tell(instance, request)
    assert result.holds, result.text
    warning = "Beware: older data was accepted, last on "
    assert warning in result.text
    assert "by entry 1 of the log (times: 1). 2 entries had been signed by then," in result.text
    assert not against.holds  # A court that holds the later checkpoint learns that it was dropped.
    assert PARTED in against.text
    assert warning in against.text
    assert REMEDY not in against.text


def test_a_checkpoint_that_was_kept_shows_what_whoever_has_the_key_put_back(
    old_store: tuple[Settings, VerifyStoreRequest],
) -> None:
    """Who puts back the database and what lies beside the key is shown by what lies elsewhere."""
    settings, request = old_store
    with installation.open_installation(settings) as instance:
        last_checkpoint.path_of(instance).unlink()
        assert tell(instance).holds
        result = tell(instance, request)
    assert "audit_entry, row 1: it is missing, and nothing erased it." in result.text
    assert "checkpoint, row 2: it is missing" in result.text
    assert PARTED in result.text


def test_what_nobody_can_tell_any_longer_is_said_to_be_so(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        put(instance, "a")
        log_signing.checkpoint(instance)
        last_checkpoint.path_of(instance).write_text("spoilt")
        assert last_checkpoint.accept(instance)
        log_signing.checkpoint(instance)
        result = tell(instance)
    assert result.holds
    assert "How many entries had been signed by then nobody could tell." in result.text


def test_what_is_taken_in_holds_at_once_and_what_is_bound_anew_is_named(tmp_path: Path) -> None:
    with installations.begin(tmp_path / "one") as instance:
        put(instance, "a")
        export_import.export(instance, tmp_path / "out")
        with instance.store.read() as reading:
            note = log_signing.last_note(reading)
    (tmp_path / "kept.txt").write_text(str(note))
    request = VerifyStoreRequest(earlier=(tmp_path / "kept.txt",))
    for name, bind_anew in (("two", False), ("three", True)):
        settings = installations.settings(tmp_path / name)
        export_import.take_in(settings, tmp_path / "out", bind_anew=bind_anew)
        with installation.open_installation(settings) as instance:
            result, against = tell(instance), tell(instance, request)
        assert result.holds, result.text
        assert ("Beware: rows were bound again, last by entry" in result.text) is bind_anew
        assert against.holds is not bind_anew
        warning = "rows were bound again here, after the checkpoint that you named."
        assert (warning in against.text) is bind_anew


def test_rows_that_were_added_are_not_bound_at_the_next_start(tmp_path: Path) -> None:
    """Who has the database says that rows were never bound, and waits for the service to begin."""
    with installations.begin(tmp_path) as instance:
        put(instance, "a")
        log_signing.checkpoint(instance)
        with closing(sqlite3.connect(instance.folder.database)) as raw, raw:
            raw.execute("INSERT INTO register VALUES ('review', 'z', 1, NULL, x'00', 1, NULL)")
            raw.execute("UPDATE binding_edge SET whole = 0")
    with installations.begin(tmp_path) as instance:
        result = tell(instance)
    assert not result.holds
    assert "register, row review, z: it was added past the program." in result.text
    assert "binding_edge, row 1: whole was altered." in result.text


def test_a_trigger_that_keeps_incidents_from_arising_is_found(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        put(instance, "a")
        log_signing.checkpoint(instance)
        with closing(sqlite3.connect(instance.folder.database)) as raw, raw:
            raw.execute(
                "CREATE TRIGGER calm AFTER INSERT ON incident BEGIN "
                "DELETE FROM incident WHERE id = NEW.id; END"
            )
        result = tell(instance)
    assert not result.holds
    assert "schema, row trigger calm: it was added past the program.\n" in result.text
