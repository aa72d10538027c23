"""Index of unassigned messages, by which they are found when they are due."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.execute("CREATE INDEX message_of_nobody ON message (received_us) WHERE person IS NULL")


def downgrade() -> None:
    """Take it away."""
    op.execute("DROP INDEX message_of_nobody")
