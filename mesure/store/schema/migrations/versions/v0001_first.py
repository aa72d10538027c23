"""First schema: persons, orders and devices, the log of messages, and the audit log."""

from typing import Final

from mesure.store.schema.spelling import Only, carry_out

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MESSAGE: Final = """
        part {SMALL} NOT NULL,
        sequence {NUMBER} NOT NULL,
        received_us {NUMBER} NOT NULL,
        person {NAME} REFERENCES person,
        first_us {NUMBER} NOT NULL,
        last_us {NUMBER} NOT NULL,
        device {NAME} NOT NULL REFERENCES device,
        counter {NUMBER},
        share {SMALL} NOT NULL,
        form TEXT NOT NULL,
        digest {BYTES} NOT NULL,
        body {BYTES} NOT NULL
    """
TABLES: Final = (
    """
    CREATE TABLE person (
        id {NAME} PRIMARY KEY,
        name TEXT NOT NULL,
        entered_us {NUMBER} NOT NULL,
        entered_by TEXT NOT NULL
    ) {KEYED}
    """,
    """
    CREATE TABLE court_order (
        id {NAME} PRIMARY KEY,
        person {NAME} NOT NULL REFERENCES person,
        entered_us {NUMBER} NOT NULL,
        entered_by TEXT NOT NULL
    ) {KEYED}
    """,
    "CREATE INDEX court_order_of_person ON court_order (person)",
    """
    CREATE TABLE order_version (
        court_order {NAME} NOT NULL REFERENCES court_order,
        number INTEGER NOT NULL CHECK (number > 0),
        body {BYTES} NOT NULL,
        sha256 {BYTES} NOT NULL,
        start_us {NUMBER} NOT NULL,
        until_us {NUMBER} NOT NULL CHECK (until_us > start_us),
        entered_us {NUMBER} NOT NULL,
        entered_by TEXT NOT NULL,
        confirmed_us {NUMBER},
        confirmed_by TEXT,
        PRIMARY KEY (court_order, number)
    ) {ROWS}
    """,
    """
    CREATE TABLE order_file (
        court_order {NAME} NOT NULL,
        number INTEGER NOT NULL,
        path {NAME} NOT NULL,
        body {BYTES} NOT NULL,
        PRIMARY KEY (court_order, number, path),
        FOREIGN KEY (court_order, number) REFERENCES order_version
    ) {ROWS}
    """,
    """
    CREATE TABLE device (
        id {NAME} PRIMARY KEY,
        entered_us {NUMBER} NOT NULL,
        entered_by TEXT NOT NULL,
        standing {BYTES}
    ) {KEYED}
    """,
    """
    CREATE TABLE enrolment (
        device {NAME} PRIMARY KEY REFERENCES device,
        device_class TEXT NOT NULL,
        enrolled_us {NUMBER} NOT NULL
    ) {KEYED}
    """,
    """
    CREATE TABLE device_key (
        device {NAME} NOT NULL REFERENCES enrolment,
        number INTEGER NOT NULL,
        public_key {BYTES} NOT NULL UNIQUE,
        key_name {BYTES} NOT NULL UNIQUE,
        first_counter {NUMBER} NOT NULL,
        last_counter {NUMBER},
        PRIMARY KEY (device, number)
    ) {KEYED}
    """,
    """
    CREATE TABLE assignment (
        device {NAME} NOT NULL REFERENCES device,
        start_us {NUMBER} NOT NULL,
        until_us {NUMBER} CHECK (until_us > start_us),
        person {NAME} NOT NULL REFERENCES person,
        court_order {NAME} NOT NULL REFERENCES court_order,
        PRIMARY KEY (device, start_us)
    ) {KEYED}
    """,
    "CREATE INDEX assignment_of_person ON assignment (person, start_us)",
    """
    CREATE TABLE log_end (
        part {SMALL} PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
        sequence {NUMBER} NOT NULL,
        received_us {NUMBER} NOT NULL
    ) {ROWS}
    """,
    Only(
        sqlite=(
            f"CREATE TABLE message ( id INTEGER PRIMARY KEY, {MESSAGE} ) STRICT",
            "CREATE UNIQUE INDEX message_in_order ON message (part, sequence)",
        ),
        postgresql=(
            f"CREATE TABLE message ({MESSAGE}, PRIMARY KEY (part, sequence))",
            # Signatures and ciphertext do not shrink: trying costs time with every message.
            "ALTER TABLE message ALTER COLUMN body SET STORAGE EXTERNAL",
        ),
    ),
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
        number {NUMBER} PRIMARY KEY,
        form TEXT NOT NULL,
        digest {BYTES} NOT NULL,
        reason TEXT NOT NULL,
        claimed TEXT NOT NULL,
        said TEXT NOT NULL,
        body {BYTES} NOT NULL,
        received_us {NUMBER} NOT NULL,
        times {NUMBER} NOT NULL,
        last_received_us {NUMBER} NOT NULL,
        UNIQUE (form, digest, reason)
    ) {ROWS}
    """,
    """
    CREATE TABLE audit_edge (
        one {SMALL} PRIMARY KEY CHECK (one = 1),
        size {NUMBER} NOT NULL,
        peaks {BYTES} NOT NULL
    ) {ROWS}
    """,
    "INSERT INTO audit_edge VALUES (1, 0, {EMPTY})",
    """
    CREATE TABLE audit_entry (
        entry {NUMBER} PRIMARY KEY,
        line {BYTES} NOT NULL
    ) {ROWS}
    """,
    """
    CREATE TABLE audit_record (
        entry {NUMBER} PRIMARY KEY REFERENCES audit_entry,
        salt {BYTES} NOT NULL,
        record {BYTES} NOT NULL
    ) {ROWS}
    """,
    """
    CREATE TABLE audit_node (
        level {SMALL} NOT NULL,
        place {NUMBER} NOT NULL,
        hash {BYTES} NOT NULL,
        PRIMARY KEY (level, place)
    ) {KEYED}
    """,
)


def upgrade() -> None:
    """Make the tables."""
    carry_out(TABLES)
