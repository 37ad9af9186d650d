"""Invitations of observers: into which cycle or lesson of it, until when, and who took one up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0003"


def upgrade() -> None:
    """Invitations that are there are into programs, and stay so."""
    for name in ("cycle_id", "lesson_id", "taken_by"):
        op.add_column("invitations", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("invitations", sa.Column("until_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_invitations_cycle_id", "invitations", ["cycle_id"], unique=False)
