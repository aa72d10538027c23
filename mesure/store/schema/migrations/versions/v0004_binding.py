"""Row commitments: each row that is evidence is bound to the audit log.

Rows that are there already are bound after the migration, and the log says from when on they are.
"""

from typing import Final

from alembic import op

from mesure.store.schema.spelling import carry_out

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BOUND: Final = (
    "person", "court_order", "order_version", "device", "enrolment", "device_key", "assignment",
    "message", "quarantine", "register", "assessment", "superseded", "incident",
)  # fmt: skip
UP: Final = (
    """
    CREATE TABLE binding_edge (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        batches {NUMBER} NOT NULL,
        commitments {NUMBER} NOT NULL,
        pinned {NUMBER} NOT NULL,
        whole {FLAG} NOT NULL
    ) {ROWS}
    """,
    "INSERT INTO binding_edge VALUES (1, 0, 0, 0, {NO})",
    """
    CREATE TABLE binding (
        number {NUMBER} PRIMARY KEY,
        first {NUMBER} NOT NULL,
        until {NUMBER} NOT NULL,
        header {BYTES} NOT NULL
    ) {ROWS}
    """,
    """
    CREATE TABLE bound (
        first {NUMBER} PRIMARY KEY,
        batch {NUMBER} NOT NULL,
        about {NAME},
        count {NUMBER} NOT NULL,
        live {NUMBER} NOT NULL,
        leaves {BYTES} NOT NULL
    ) {ROWS}
    """,
    "CREATE INDEX bound_about ON bound (about) WHERE about IS NOT NULL",
)


def upgrade() -> None:
    """Make the tables, and a column for the number of each row."""
    carry_out(UP)
    carry_out(f"ALTER TABLE {table} ADD COLUMN bound {{NUMBER}}" for table in BOUND)


def downgrade() -> None:
    """Take them away."""
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} DROP COLUMN bound")
    for table in ("bound", "binding", "binding_edge"):
        op.execute(f"DROP TABLE {table}")
