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

ORDER_VERSION: Final = """
    CREATE TABLE order_version (
        court_order TEXT COLLATE "C" NOT NULL REFERENCES court_order,
        number INTEGER NOT NULL CHECK (number > 0),
        sha256 BYTEA NOT NULL,
        digest BYTEA NOT NULL,
        body BYTEA NOT NULL,
        start_us BIGINT NOT NULL,
        until_us BIGINT NOT NULL CHECK (until_us > start_us),
        entered_us BIGINT NOT NULL,
        entered_by TEXT NOT NULL,
        confirmed_us BIGINT,
        confirmed_by TEXT,
        PRIMARY KEY (court_order, number)
    )
    """
UP: Final = (
    "DROP TABLE order_file",
    "DROP TABLE order_version",
    (
        "ALTER TABLE person DROP COLUMN name, ADD COLUMN part SMALLINT NOT NULL, "
        "ADD COLUMN changed BIGINT NOT NULL DEFAULT 0, ADD COLUMN erased_us BIGINT"
    ),
    "CREATE INDEX person_in_part ON person (part, id)",
    "CREATE INDEX person_changed ON person (changed)",
    ORDER_VERSION,
    'ALTER TABLE audit_record ADD COLUMN person TEXT COLLATE "C" REFERENCES person',
    "CREATE INDEX audit_record_of_person ON audit_record (person) WHERE person IS NOT NULL",
    """
    CREATE TABLE change_edge (
        one SMALLINT PRIMARY KEY CHECK (one = 1),
        administered BIGINT NOT NULL,
        incident BIGINT NOT NULL,
        epoch BIGINT NOT NULL
    )
    """,
    "INSERT INTO change_edge VALUES (1, 0, 0, 0)",
    """
    CREATE TABLE register (
        kind TEXT COLLATE "C" NOT NULL,
        id TEXT COLLATE "C" NOT NULL,
        revision BIGINT NOT NULL CHECK (revision > 0),
        person TEXT COLLATE "C" REFERENCES person,
        body BYTEA NOT NULL,
        changed_us BIGINT NOT NULL,
        PRIMARY KEY (kind, id)
    )
    """,
    "CREATE INDEX register_of_person ON register (person, kind, id) WHERE person IS NOT NULL",
    """
    CREATE TABLE register_key (
        kind TEXT COLLATE "C" NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        value TEXT COLLATE "C" NOT NULL,
        id TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (kind, key, value, id),
        FOREIGN KEY (kind, id) REFERENCES register ON DELETE CASCADE
    )
    """,
    "CREATE INDEX register_key_of_row ON register_key (kind, id)",
    """
    CREATE TABLE assessment (
        person TEXT COLLATE "C" NOT NULL REFERENCES person,
        court_order TEXT COLLATE "C" NOT NULL,
        condition TEXT COLLATE "C" NOT NULL,
        start_us BIGINT NOT NULL,
        end_us BIGINT NOT NULL CHECK (end_us > start_us),
        status TEXT NOT NULL,
        version_sha256 BYTEA NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned BOOLEAN NOT NULL,
        PRIMARY KEY (person, court_order, condition, start_us)
    )
    """,
    "CREATE INDEX assessment_by_end ON assessment (person, end_us)",
    """
    CREATE TABLE superseded (
        person TEXT COLLATE "C" NOT NULL REFERENCES person,
        court_order TEXT COLLATE "C" NOT NULL,
        condition TEXT COLLATE "C" NOT NULL,
        start_us BIGINT NOT NULL,
        end_us BIGINT NOT NULL,
        stood_from_us BIGINT NOT NULL,
        stood_until_us BIGINT NOT NULL,
        status TEXT NOT NULL,
        version_sha256 BYTEA NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned BOOLEAN NOT NULL,
        PRIMARY KEY (
            person, court_order, condition, start_us, stood_from_us, stood_until_us, end_us
        )
    )
    """,
    """
    CREATE TABLE incident (
        id TEXT COLLATE "C" PRIMARY KEY,
        person TEXT COLLATE "C" NOT NULL REFERENCES person,
        court_order TEXT COLLATE "C" NOT NULL,
        condition TEXT COLLATE "C" NOT NULL,
        kind TEXT COLLATE "C" NOT NULL,
        opened_us BIGINT NOT NULL,
        start_us BIGINT NOT NULL,
        end_us BIGINT,
        p_outside_max DOUBLE PRECISION,
        withdrawn_us BIGINT,
        body BYTEA NOT NULL,
        revision BIGINT NOT NULL CHECK (revision > 0),
        change BIGINT NOT NULL UNIQUE
    )
    """,
    "CREATE INDEX incident_of_person ON incident (person, start_us)",
    """
    CREATE TABLE judged (
        person TEXT COLLATE "C" PRIMARY KEY REFERENCES person,
        part SMALLINT NOT NULL,
        until_us BIGINT NOT NULL,
        sequence BIGINT NOT NULL,
        policy_version TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        unsigned BOOLEAN NOT NULL,
        due_us BIGINT
    )
    """,
    "CREATE INDEX judged_in_part ON judged (part)",
    """
    CREATE TABLE partition_owner (
        part SMALLINT PRIMARY KEY CHECK (part BETWEEN 0 AND 255),
        epoch BIGINT NOT NULL,
        holder TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE outgoing (
        kind TEXT COLLATE "C" NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        due_us BIGINT NOT NULL,
        recipient TEXT COLLATE "C" NOT NULL,
        person TEXT COLLATE "C" REFERENCES person,
        times BIGINT NOT NULL DEFAULT 0,
        said TEXT NOT NULL DEFAULT '',
        is_done BOOLEAN NOT NULL DEFAULT false,
        body BYTEA NOT NULL,
        PRIMARY KEY (kind, key)
    )
    """,
    "CREATE INDEX outgoing_due ON outgoing (kind, due_us, key) WHERE NOT is_done",
    "CREATE INDEX outgoing_to ON outgoing (kind, recipient, due_us, key) WHERE NOT is_done",
    "CREATE INDEX outgoing_of_person ON outgoing (person) WHERE person IS NOT NULL",
    """
    CREATE TABLE checkpoint (
        size BIGINT PRIMARY KEY,
        text BYTEA NOT NULL
    )
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
    "DROP INDEX person_changed",
    "DROP INDEX person_in_part",
    "ALTER TABLE audit_record DROP COLUMN person",
    "DROP TABLE order_version",
    # The columns in their first order, which the first program counts on.
    (
        "ALTER TABLE person DROP COLUMN part, DROP COLUMN changed, DROP COLUMN erased_us, "
        "DROP COLUMN entered_us, DROP COLUMN entered_by"
    ),
    (
        "ALTER TABLE person ADD COLUMN name TEXT NOT NULL, ADD COLUMN entered_us BIGINT NOT NULL, "
        "ADD COLUMN entered_by TEXT NOT NULL"
    ),
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
