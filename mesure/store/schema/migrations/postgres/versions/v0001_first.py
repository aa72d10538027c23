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
        id TEXT COLLATE "C" PRIMARY KEY,
        name TEXT NOT NULL,
        entered_us BIGINT NOT NULL,
        entered_by TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE court_order (
        id TEXT COLLATE "C" PRIMARY KEY,
        person TEXT COLLATE "C" NOT NULL REFERENCES person,
        entered_us BIGINT NOT NULL,
        entered_by TEXT NOT NULL
    )
    """,
    "CREATE INDEX court_order_of_person ON court_order (person)",
    """
    CREATE TABLE order_version (
        court_order TEXT COLLATE "C" NOT NULL REFERENCES court_order,
        number INTEGER NOT NULL CHECK (number > 0),
        body BYTEA NOT NULL,
        sha256 BYTEA NOT NULL,
        start_us BIGINT NOT NULL,
        until_us BIGINT NOT NULL CHECK (until_us > start_us),
        entered_us BIGINT NOT NULL,
        entered_by TEXT NOT NULL,
        confirmed_us BIGINT,
        confirmed_by TEXT,
        PRIMARY KEY (court_order, number)
    )
    """,
    """
    CREATE TABLE order_file (
        court_order TEXT COLLATE "C" NOT NULL,
        number INTEGER NOT NULL,
        path TEXT COLLATE "C" NOT NULL,
        body BYTEA NOT NULL,
        PRIMARY KEY (court_order, number, path),
        FOREIGN KEY (court_order, number) REFERENCES order_version
    )
    """,
    """
    CREATE TABLE device (
        id TEXT COLLATE "C" PRIMARY KEY,
        entered_us BIGINT NOT NULL,
        entered_by TEXT NOT NULL,
        standing BYTEA
    )
    """,
    """
    CREATE TABLE enrolment (
        device TEXT COLLATE "C" PRIMARY KEY REFERENCES device,
        device_class TEXT NOT NULL,
        enrolled_us BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE device_key (
        device TEXT COLLATE "C" NOT NULL REFERENCES enrolment,
        number INTEGER NOT NULL,
        public_key BYTEA NOT NULL UNIQUE,
        key_name BYTEA NOT NULL UNIQUE,
        first_counter BIGINT NOT NULL,
        last_counter BIGINT,
        PRIMARY KEY (device, number)
    )
    """,
    """
    CREATE TABLE assignment (
        device TEXT COLLATE "C" NOT NULL REFERENCES device,
        start_us BIGINT NOT NULL,
        until_us BIGINT CHECK (until_us > start_us),
        person TEXT COLLATE "C" NOT NULL REFERENCES person,
        court_order TEXT COLLATE "C" NOT NULL REFERENCES court_order,
        PRIMARY KEY (device, start_us)
    )
    """,
    "CREATE INDEX assignment_of_person ON assignment (person, start_us)",
    """
    CREATE TABLE log_end (
        part SMALLINT PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
        sequence BIGINT NOT NULL,
        received_us BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE message (
        part SMALLINT NOT NULL,
        sequence BIGINT NOT NULL,
        received_us BIGINT NOT NULL,
        person TEXT COLLATE "C" REFERENCES person,
        first_us BIGINT NOT NULL,
        last_us BIGINT NOT NULL,
        device TEXT COLLATE "C" NOT NULL REFERENCES device,
        counter BIGINT,
        share SMALLINT NOT NULL,
        form TEXT NOT NULL,
        digest BYTEA NOT NULL,
        body BYTEA NOT NULL,
        PRIMARY KEY (part, sequence)
    )
    """,
    # Signatures and ciphertext do not shrink: trying costs time with every message.
    "ALTER TABLE message ALTER COLUMN body SET STORAGE EXTERNAL",
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
        number BIGINT PRIMARY KEY,
        form TEXT NOT NULL,
        digest BYTEA NOT NULL,
        reason TEXT NOT NULL,
        claimed TEXT NOT NULL,
        said TEXT NOT NULL,
        body BYTEA NOT NULL,
        received_us BIGINT NOT NULL,
        times BIGINT NOT NULL,
        last_received_us BIGINT NOT NULL,
        UNIQUE (form, digest, reason)
    )
    """,
    """
    CREATE TABLE audit_edge (
        one SMALLINT PRIMARY KEY CHECK (one = 1),
        size BIGINT NOT NULL,
        peaks BYTEA NOT NULL
    )
    """,
    "INSERT INTO audit_edge VALUES (1, 0, '')",
    """
    CREATE TABLE audit_entry (
        entry BIGINT PRIMARY KEY,
        line BYTEA NOT NULL
    )
    """,
    """
    CREATE TABLE audit_record (
        entry BIGINT PRIMARY KEY REFERENCES audit_entry,
        salt BYTEA NOT NULL,
        record BYTEA NOT NULL
    )
    """,
    """
    CREATE TABLE audit_node (
        level SMALLINT NOT NULL,
        place BIGINT NOT NULL,
        hash BYTEA NOT NULL,
        PRIMARY KEY (level, place)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in TABLES:
        op.execute(statement)
