"""Home and the lead's overview say what needs somebody now: what that takes of a cycle stands in its row."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Rows of cycles that are there get what is empty; `farfield rebuild` fills it from their streams."""
    op.add_column("cycles", sa.Column("paused_ms", sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("meeting_at", "commitment_at"):
        op.add_column("cycles", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in ("closing_asked_by", "proposed_coach_id", "previous_id", "next_id"):
        op.add_column("cycles", sa.Column(name, sa.Text(), nullable=True))
