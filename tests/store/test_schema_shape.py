"""Whatever is changed of the schema is found, in both kinds of store."""

from contextlib import closing

import pytest

from mesure.store.schema import shape
from mesure.store.values.mismatches import MismatchKind, RowMismatch
from tests.service.tampering import Raw, raw
from tests.store.conftest import database  # noqa: F401  A fixture.
from tests.store.databases import Database, SqliteDatabase

ADDED, ALTERED, MISSING = MismatchKind.ADDED, MismatchKind.ALTERED, MismatchKind.MISSING
CALM_IN_SQLITE = (
    "CREATE TRIGGER calm AFTER INSERT ON incident BEGIN DELETE FROM incident WHERE id = NEW.id; END"
)
CALM_IN_POSTGRES = (
    "CREATE FUNCTION calm() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "CREATE TRIGGER calm BEFORE INSERT ON incident FOR EACH ROW EXECUTE FUNCTION calm()"
)
IN_SQLITE = [
    (CALM_IN_SQLITE, "DROP TRIGGER calm", ("trigger calm", ADDED)),
    ("CREATE VIEW seen AS SELECT 1", "DROP VIEW seen", ("view seen", ADDED)),
    ("CREATE TABLE more (n INTEGER)", "DROP TABLE more", ("table more", ADDED)),
    ("CREATE UNIQUE INDEX few ON incident (person)", "DROP INDEX few", ("index few", ADDED)),
    (
        "DROP INDEX judged_in_part",
        "CREATE INDEX judged_in_part ON judged (part)",
        ("index judged_in_part", MISSING),
    ),
    (
        "ALTER TABLE judged ADD COLUMN more INTEGER",
        "ALTER TABLE judged DROP COLUMN more",
        ("table judged", ALTERED),
    ),
]
IN_POSTGRES = [
    ("CREATE VIEW seen AS SELECT 1", "DROP VIEW seen", ("view seen", ADDED)),
    ("CREATE TABLE more (n INTEGER)", "DROP TABLE more", ("table more", ADDED)),
    ("CREATE TABLE more () INHERITS (incident)", "DROP TABLE more", ("child incident.more", ADDED)),
    (
        "CREATE RULE calm AS ON INSERT TO incident DO INSTEAD NOTHING",
        "DROP RULE calm ON incident",
        ("rule incident.calm", ADDED),
    ),
    (
        "ALTER TABLE incident ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE incident DISABLE ROW LEVEL SECURITY",
        ("table incident", ALTERED),
    ),
    (
        "CREATE POLICY few ON incident USING (false)",
        "DROP POLICY few ON incident",
        ("policy incident.few", ADDED),
    ),
    (
        CALM_IN_POSTGRES,
        "DROP TRIGGER calm ON incident; DROP FUNCTION calm()",
        ("trigger incident.calm", ADDED),
    ),
    (
        "ALTER TABLE message DISABLE TRIGGER ALL",
        "ALTER TABLE message ENABLE TRIGGER ALL",
        ("reference message", ADDED),
    ),
    (
        "ALTER TABLE judged ADD CHECK (due_us IS NULL)",
        "ALTER TABLE judged DROP CONSTRAINT judged_due_us_check",
        ("constraint judged.judged_due_us_check", ADDED),
    ),
    (
        "ALTER TABLE judged ALTER COLUMN due_us SET DEFAULT 7",
        "ALTER TABLE judged ALTER COLUMN due_us DROP DEFAULT",
        ("column judged.due_us", ALTERED),
    ),
    (
        "DROP INDEX judged_in_part",
        "CREATE INDEX judged_in_part ON judged (part)",
        ("index judged_in_part", MISSING),
    ),
]


def run(there: Raw, statements: str) -> None:
    there.run(statements)
    there.keep()


def test_a_database_of_ours_has_the_shape_that_its_migrations_make(
    database: Database,  # noqa: F811
) -> None:
    with closing(database.open()) as store:
        assert store.misshapen() == ()
        assert store.misshapen() == ()


def test_each_change_of_the_schema_is_found(database: Database) -> None:  # noqa: F811
    changes = IN_SQLITE if isinstance(database, SqliteDatabase) else IN_POSTGRES
    with closing(database.open()) as store:
        for change, back, (name, wrong) in changes:
            with raw(database) as there:
                run(there, change)
            mismatches = store.misshapen()
            with raw(database) as there:
                run(there, back)
            assert RowMismatch(shape.TABLE, (name,), wrong) in mismatches, (change, mismatches)
        assert store.misshapen() == ()


@pytest.mark.parametrize("text", [None, "", " a  b\n c"])
def test_a_definition_is_the_same_however_it_is_spaced(text: str | None) -> None:
    assert shape.plain(text) == " ".join((text or "").split())
