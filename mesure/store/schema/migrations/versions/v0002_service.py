"""Schema of the service: sealed bodies, the register, what was judged, what is to be sent.

Bodies are unsealed in the first schema and sealed in this one, and a migration has no keys. No
release ever filled the first, so a database that holds anything is refused, in both directions.
"""

from typing import Final

from alembic import op

from mesure.store.schema import versions
from mesure.store.schema.spelling import Only, carry_out

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ORDER_VERSION: Final = """
    CREATE TABLE order_version (
        court_order {NAME} NOT NULL REFERENCES court_order,
        number INTEGER NOT NULL CHECK (number > 0),
        sha256 {BYTES} NOT NULL,
        digest {BYTES} NOT NULL,
        body {BYTES} NOT NULL,
        start_us {NUMBER} NOT NULL,
        until_us {NUMBER} NOT NULL CHECK (until_us > start_us),
        entered_us {NUMBER} NOT NULL,
        entered_by TEXT NOT NULL,
        confirmed_us {NUMBER},
        confirmed_by TEXT,
        PRIMARY KEY (court_order, number)
    ) {ROWS}
    """
UP: Final = (
    "DROP TABLE order_file",
    "DROP TABLE order_version",
    Only(
        sqlite=(
            "DROP TABLE person",
            """
            CREATE TABLE person (
                id TEXT PRIMARY KEY,
                part INTEGER NOT NULL,
                changed INTEGER NOT NULL DEFAULT 0,
                entered_us INTEGER NOT NULL,
                entered_by TEXT NOT NULL,
                erased_us INTEGER
            ) STRICT, WITHOUT ROWID
            """,
        ),
        postgresql=(
            """
            ALTER TABLE person DROP COLUMN name, ADD COLUMN part SMALLINT NOT NULL,
                ADD COLUMN changed BIGINT NOT NULL DEFAULT 0, ADD COLUMN erased_us BIGINT
            """,
        ),
    ),
    "CREATE INDEX person_in_part ON person (part, id)",
    "CREATE INDEX person_changed ON person (changed)",
    ORDER_VERSION,
    "ALTER TABLE audit_record ADD COLUMN person {NAME} REFERENCES person",
    "CREATE INDEX audit_record_of_person ON audit_record (person) WHERE person IS NOT NULL",
    """
    CREATE TABLE change_edge (
        one {SMALL} PRIMARY KEY CHECK (one = 1),
        administered {NUMBER} NOT NULL,
        incident {NUMBER} NOT NULL,
        epoch {NUMBER} NOT NULL
    ) {ROWS}
    """,
    "INSERT INTO change_edge VALUES (1, 0, 0, 0)",
    """
    CREATE TABLE register (
        kind {NAME} NOT NULL,
        id {NAME} NOT NULL,
        revision {NUMBER} NOT NULL CHECK (revision > 0),
        person {NAME} REFERENCES person,
        body {BYTES} NOT NULL,
        changed_us {NUMBER} NOT NULL,
        PRIMARY KEY (kind, id)
    ) {ROWS}
    """,
    "CREATE INDEX register_of_person ON register (person, kind, id) WHERE person IS NOT NULL",
    """
    CREATE TABLE register_key (
        kind {NAME} NOT NULL,
        key {NAME} NOT NULL,
        value {NAME} NOT NULL,
        id {NAME} NOT NULL,
        PRIMARY KEY (kind, key, value, id),
        FOREIGN KEY (kind, id) REFERENCES register ON DELETE CASCADE
    ) {KEYED}
    """,
    "CREATE INDEX register_key_of_row ON register_key (kind, id)",
    """
    CREATE TABLE assessment (
        person {NAME} NOT NULL REFERENCES person,
        court_order {NAME} NOT NULL,
        condition {NAME} NOT NULL,
        start_us {NUMBER} NOT NULL,
        end_us {NUMBER} NOT NULL CHECK (end_us > start_us),
        status TEXT NOT NULL,
        version_sha256 {BYTES} NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned {FLAG} NOT NULL,
        PRIMARY KEY (person, court_order, condition, start_us)
    ) {KEYED}
    """,
    "CREATE INDEX assessment_by_end ON assessment (person, end_us)",
    """
    CREATE TABLE superseded (
        person {NAME} NOT NULL REFERENCES person,
        court_order {NAME} NOT NULL,
        condition {NAME} NOT NULL,
        start_us {NUMBER} NOT NULL,
        end_us {NUMBER} NOT NULL,
        stood_from_us {NUMBER} NOT NULL,
        stood_until_us {NUMBER} NOT NULL,
        status TEXT NOT NULL,
        version_sha256 {BYTES} NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned {FLAG} NOT NULL,
        PRIMARY KEY (
            person, court_order, condition, start_us, stood_from_us, stood_until_us, end_us
        )
    ) {KEYED}
    """,
    """
    CREATE TABLE incident (
        id {NAME} PRIMARY KEY,
        person {NAME} NOT NULL REFERENCES person,
        court_order {NAME} NOT NULL,
        condition {NAME} NOT NULL,
        kind {NAME} NOT NULL,
        opened_us {NUMBER} NOT NULL,
        start_us {NUMBER} NOT NULL,
        end_us {NUMBER},
        p_outside_max {REAL},
        withdrawn_us {NUMBER},
        body {BYTES} NOT NULL,
        revision {NUMBER} NOT NULL CHECK (revision > 0),
        change {NUMBER} NOT NULL UNIQUE
    ) {ROWS}
    """,
    "CREATE INDEX incident_of_person ON incident (person, start_us)",
    """
    CREATE TABLE judged (
        person {NAME} PRIMARY KEY REFERENCES person,
        part {SMALL} NOT NULL,
        until_us {NUMBER} NOT NULL,
        sequence {NUMBER} NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned {FLAG} NOT NULL,
        due_us {NUMBER}
    ) {KEYED}
    """,
    "CREATE INDEX judged_in_part ON judged (part)",
    """
    CREATE TABLE partition_owner (
        part {SMALL} PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
        epoch {NUMBER} NOT NULL,
        holder TEXT NOT NULL
    ) {ROWS}
    """,
    """
    CREATE TABLE outgoing (
        kind {NAME} NOT NULL,
        key {NAME} NOT NULL,
        due_us {NUMBER} NOT NULL,
        recipient {NAME} NOT NULL,
        person {NAME} REFERENCES person,
        times {NUMBER} NOT NULL DEFAULT 0,
        said TEXT NOT NULL DEFAULT '',
        is_done {FLAG} NOT NULL DEFAULT {NO},
        body {BYTES} NOT NULL,
        PRIMARY KEY (kind, key)
    ) {ROWS}
    """,
    "CREATE INDEX outgoing_due ON outgoing (kind, due_us, key) WHERE NOT is_done",
    "CREATE INDEX outgoing_to ON outgoing (kind, recipient, due_us, key) WHERE NOT is_done",
    "CREATE INDEX outgoing_of_person ON outgoing (person) WHERE person IS NOT NULL",
    """
    CREATE TABLE checkpoint (
        size {NUMBER} PRIMARY KEY,
        text {BYTES} NOT NULL
    ) {ROWS}
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
    Only(
        sqlite=(
            "DROP TABLE person",
            """
            CREATE TABLE person (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                entered_us INTEGER NOT NULL,
                entered_by TEXT NOT NULL
            ) STRICT, WITHOUT ROWID
            """,
        ),
        # The columns in their first order, which the first program counts on.
        postgresql=(
            "DROP INDEX person_changed",
            "DROP INDEX person_in_part",
            """
            ALTER TABLE person DROP COLUMN part, DROP COLUMN changed, DROP COLUMN erased_us,
                DROP COLUMN entered_us, DROP COLUMN entered_by
            """,
            """
            ALTER TABLE person ADD COLUMN name TEXT NOT NULL,
                ADD COLUMN entered_us BIGINT NOT NULL, ADD COLUMN entered_by TEXT NOT NULL
            """,
        ),
    ),
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
)


def upgrade() -> None:
    """Make the new tables, and the ones that now hold what is sealed."""
    versions.refuse_filled(op.get_bind())
    carry_out(UP)


def downgrade() -> None:
    """Go back to the first schema."""
    versions.refuse_filled(op.get_bind())
    carry_out(DOWN)
