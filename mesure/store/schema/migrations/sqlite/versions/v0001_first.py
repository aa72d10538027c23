"""The first schema: who, under which order, with which device; the log; the audit log."""

from typing import Final

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES: Final = (
    """
    CREATE TABLE person (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE court_order (
        id TEXT PRIMARY KEY,
        person TEXT NOT NULL REFERENCES person,
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX court_order_of_person ON court_order (person)",
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
    """
    CREATE TABLE device (
        id TEXT PRIMARY KEY,
        entered_us INTEGER NOT NULL,
        entered_by TEXT NOT NULL,
        standing BLOB
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE enrolment (
        device TEXT PRIMARY KEY REFERENCES device,
        device_class TEXT NOT NULL,
        enrolled_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE device_key (
        device TEXT NOT NULL REFERENCES enrolment,
        number INTEGER NOT NULL,
        public_key BLOB NOT NULL UNIQUE,
        key_name BLOB NOT NULL UNIQUE,
        first_counter INTEGER NOT NULL,
        last_counter INTEGER,
        PRIMARY KEY (device, number)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE assignment (
        device TEXT NOT NULL REFERENCES device,
        start_us INTEGER NOT NULL,
        until_us INTEGER CHECK (until_us > start_us),
        person TEXT NOT NULL REFERENCES person,
        court_order TEXT NOT NULL REFERENCES court_order,
        PRIMARY KEY (device, start_us)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX assignment_of_person ON assignment (person, start_us)",
    """
    CREATE TABLE log_end (
        part INTEGER PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
        sequence INTEGER NOT NULL,
        received_us INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        part INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        received_us INTEGER NOT NULL,
        person TEXT REFERENCES person,
        first_us INTEGER NOT NULL,
        last_us INTEGER NOT NULL,
        device TEXT NOT NULL REFERENCES device,
        counter INTEGER,
        share INTEGER NOT NULL,
        form TEXT NOT NULL,
        digest BLOB NOT NULL,
        body BLOB NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX message_in_order ON message (part, sequence)",
    """
    CREATE UNIQUE INDEX message_by_counter ON message (device, counter, share)
        WHERE counter IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX message_by_digest ON message (device, digest, share)
        WHERE counter IS NULL
    """,
    "CREATE INDEX message_of_person ON message (person, last_us) WHERE person IS NOT NULL",
    """
    CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY,
        form TEXT NOT NULL,
        digest BLOB NOT NULL,
        reason TEXT NOT NULL,
        claimed TEXT NOT NULL,
        said TEXT NOT NULL,
        body BLOB NOT NULL,
        received_us INTEGER NOT NULL,
        times INTEGER NOT NULL,
        last_received_us INTEGER NOT NULL,
        UNIQUE (form, digest, reason)
    ) STRICT
    """,
    """
    CREATE TABLE audit_edge (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        size INTEGER NOT NULL,
        peaks BLOB NOT NULL
    ) STRICT
    """,
    "INSERT INTO audit_edge VALUES (1, 0, x'')",
    """
    CREATE TABLE audit_entry (
        entry INTEGER PRIMARY KEY,
        line BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE audit_record (
        entry INTEGER PRIMARY KEY REFERENCES audit_entry,
        salt BLOB NOT NULL,
        record BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE audit_node (
        level INTEGER NOT NULL,
        place INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, place)
    ) STRICT, WITHOUT ROWID
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in TABLES:
        op.execute(statement)
