"""By what each row that is evidence is bound to the audit log.

Rows that are there already are bound after the migration, and the log says from when on they are.
"""

from typing import Final

from alembic import op

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
        batches BIGINT NOT NULL,
        commitments BIGINT NOT NULL,
        pinned BIGINT NOT NULL,
        whole BOOLEAN NOT NULL
    )
    """,
    "INSERT INTO binding_edge VALUES (1, 0, 0, 0, false)",
    """
    CREATE TABLE binding (
        number BIGINT PRIMARY KEY,
        first BIGINT NOT NULL,
        until BIGINT NOT NULL,
        header BYTEA NOT NULL
    )
    """,
    """
    CREATE TABLE bound (
        first BIGINT PRIMARY KEY,
        batch BIGINT NOT NULL,
        about TEXT COLLATE "C",
        count BIGINT NOT NULL,
        live BIGINT NOT NULL,
        leaves BYTEA NOT NULL
    )
    """,
    "CREATE INDEX bound_about ON bound (about) WHERE about IS NOT NULL",
)


def upgrade() -> None:
    """Make the tables, and a column for the number of each row."""
    for statement in UP:
        op.execute(statement)
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} ADD COLUMN bound BIGINT")


def downgrade() -> None:
    """Take them away."""
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} DROP COLUMN bound")
    for table in ("bound", "binding", "binding_edge"):
        op.execute(f"DROP TABLE {table}")
