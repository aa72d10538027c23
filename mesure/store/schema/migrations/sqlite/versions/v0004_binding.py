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
        batches INTEGER NOT NULL,
        commitments INTEGER NOT NULL,
        pinned INTEGER NOT NULL,
        whole INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO binding_edge VALUES (1, 0, 0, 0, 0)",
    """
    CREATE TABLE binding (
        number INTEGER PRIMARY KEY,
        first INTEGER NOT NULL,
        until INTEGER NOT NULL,
        header BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE bound (
        first INTEGER PRIMARY KEY,
        batch INTEGER NOT NULL,
        about TEXT,
        count INTEGER NOT NULL,
        live INTEGER NOT NULL,
        leaves BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX bound_about ON bound (about) WHERE about IS NOT NULL",
)


def upgrade() -> None:
    """Make the tables, and a column for the number of each row."""
    for statement in UP:
        op.execute(statement)
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} ADD COLUMN bound INTEGER")


def downgrade() -> None:
    """Take them away."""
    for table in BOUND:
        op.execute(f"ALTER TABLE {table} DROP COLUMN bound")
    for table in ("bound", "binding", "binding_edge"):
        op.execute(f"DROP TABLE {table}")
