"""What the service keeps: sealed bodies, the register, what was judged, what is to be sent.

Bodies stand unsealed in the first schema and sealed in this one, and a migration has no keys. No
release ever filled the first, so a database that holds anything is refused, in both directions.
"""

from typing import Final

from alembic import op

from mesure.store.schema import versions

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PERSON: Final = """
    CREATE TABLE person (
        id TEXT PRIMARY KEY,
        part INTEGER NOT NULL,
        changed INTEGER NOT NULL DEFAULT 0,
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL,
        erased_us INTEGER
    ) STRICT, WITHOUT ROWID
    """
ORDER_VERSION: Final = """
    CREATE TABLE order_version (
        court_order TEXT NOT NULL REFERENCES court_order,
        number INTEGER NOT NULL CHECK (number > 0),
        sha256 BLOB NOT NULL,
        digest BLOB NOT NULL,
        body BLOB NOT NULL,
        start_us INTEGER NOT NULL,
        until_us INTEGER NOT NULL CHECK (until_us > start_us),
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL,
        confirmed_us INTEGER,
        confirmed_by TEXT,
        PRIMARY KEY (court_order, number)
    ) STRICT
    """
UP: Final = (
    "DROP TABLE order_file",
    "DROP TABLE order_version",
    "DROP TABLE person",
    PERSON,
    "CREATE INDEX person_in_part ON person (part, id)",
    "CREATE INDEX person_changed ON person (changed)",
    ORDER_VERSION,
    "ALTER TABLE audit_record ADD COLUMN person TEXT REFERENCES person",
    "CREATE INDEX audit_record_of_person ON audit_record (person) WHERE person IS NOT NULL",
    """
    CREATE TABLE change_edge (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        administered INTEGER NOT NULL,
        incident INTEGER NOT NULL,
        epoch INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO change_edge VALUES (1, 0, 0, 0)",
    """
    CREATE TABLE register (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        revision INTEGER NOT NULL CHECK (revision > 0),
        person TEXT REFERENCES person,
        body BLOB NOT NULL,
        changed_us INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT
    """,
    "CREATE INDEX register_of_person ON register (person, kind, id) WHERE person IS NOT NULL",
    """
    CREATE TABLE register_key (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (kind, key, value, id),
        FOREIGN KEY (kind, id) REFERENCES register ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX register_key_of_row ON register_key (kind, id)",
    """
    CREATE TABLE assessment (
        person TEXT NOT NULL REFERENCES person,
        court_order TEXT NOT NULL,
        condition TEXT NOT NULL,
        start_us INTEGER NOT NULL,
        end_us INTEGER NOT NULL CHECK (end_us > start_us),
        status TEXT NOT NULL,
        version_sha256 BLOB NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned INTEGER NOT NULL,
        PRIMARY KEY (person, court_order, condition, start_us)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX assessment_by_end ON assessment (person, end_us)",
    """
    CREATE TABLE superseded (
        person TEXT NOT NULL REFERENCES person,
        court_order TEXT NOT NULL,
        condition TEXT NOT NULL,
        start_us INTEGER NOT NULL,
        end_us INTEGER NOT NULL,
        stood_from_us INTEGER NOT NULL,
        stood_until_us INTEGER NOT NULL,
        status TEXT NOT NULL,
        version_sha256 BLOB NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned INTEGER NOT NULL,
        PRIMARY KEY (
            person, court_order, condition, start_us, stood_from_us, stood_until_us, end_us
        )
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE incident (
        id TEXT PRIMARY KEY,
        person TEXT NOT NULL REFERENCES person,
        court_order TEXT NOT NULL,
        condition TEXT NOT NULL,
        kind TEXT NOT NULL,
        opened_us INTEGER NOT NULL,
        start_us INTEGER NOT NULL,
        end_us INTEGER,
        p_outside_max REAL,
        withdrawn_us INTEGER,
        body BLOB NOT NULL,
        revision INTEGER NOT NULL CHECK (revision > 0),
        change INTEGER NOT NULL UNIQUE
    ) STRICT
    """,
    "CREATE INDEX incident_of_person ON incident (person, start_us)",
    """
    CREATE TABLE judged (
        person TEXT PRIMARY KEY REFERENCES person,
        part INTEGER NOT NULL,
        until_us INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned INTEGER NOT NULL,
        due_us INTEGER
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX judged_in_part ON judged (part)",
    """
    CREATE TABLE partition_owner (
        part INTEGER PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
        epoch INTEGER NOT NULL,
        holder TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE outgoing (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        due_us INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        person TEXT REFERENCES person,
        times INTEGER NOT NULL DEFAULT 0,
        said TEXT NOT NULL DEFAULT '',
        is_done INTEGER NOT NULL DEFAULT 0,
        body BLOB NOT NULL,
        PRIMARY KEY (kind, key)
    ) STRICT
    """,
    "CREATE INDEX outgoing_due ON outgoing (kind, due_us, key) WHERE NOT is_done",
    "CREATE INDEX outgoing_to ON outgoing (kind, recipient, due_us, key) WHERE NOT is_done",
    "CREATE INDEX outgoing_of_person ON outgoing (person) WHERE person IS NOT NULL",
    """
    CREATE TABLE checkpoint (
        size INTEGER PRIMARY KEY,
        text BLOB NOT NULL
    ) STRICT
    """,
)
DOWN: Final = (
    "DROP TABLE checkpoint",
    "DROP TABLE outgoing",
    "DROP TABLE partition_owner",
    "DROP TABLE judged",
    "DROP TABLE incident",
    "DROP TABLE superseded",
    "DROP TABLE assessment",
    "DROP TABLE register_key",
    "DROP TABLE register",
    "DROP TABLE change_edge",
    "DROP INDEX audit_record_of_person",
    "ALTER TABLE audit_record DROP COLUMN person",
    "DROP TABLE order_version",
    "DROP TABLE person",
    """
    CREATE TABLE person (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE order_version (
        court_order TEXT NOT NULL REFERENCES court_order,
        number INTEGER NOT NULL CHECK (number > 0),
        body BLOB NOT NULL,
        sha256 BLOB NOT NULL,
        start_us INTEGER NOT NULL,
        until_us INTEGER NOT NULL CHECK (until_us > start_us),
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL,
        confirmed_us INTEGER,
        confirmed_by TEXT,
        PRIMARY KEY (court_order, number)
    ) STRICT
    """,
    """
    CREATE TABLE order_file (
        court_order TEXT NOT NULL,
        number INTEGER NOT NULL,
        path TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (court_order, number, path),
        FOREIGN KEY (court_order, number) REFERENCES order_version
    ) STRICT
    """,
)


def upgrade() -> None:
    """Make the new tables, and the ones that now hold what is sealed."""
    versions.refuse_filled(op.get_bind())
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Go back to the first schema."""
    versions.refuse_filled(op.get_bind())
    for statement in DOWN:
        op.execute(statement)
