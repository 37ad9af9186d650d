"""The record of a cycle: what a program sets, what a lead may know of a cycle in its row, an account of redactions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COUNTS = ("meetings_planned", "meetings_held", "commitments", "commitments_open")
_DATES = ("due_at", "paused_since_at", "cancelled_at", "next_at", "turnaround_ms")


def upgrade() -> None:
    """Rows of cycles that are there get what is empty; `farfield rebuild` fills it from their streams."""
    op.add_column("programs", sa.Column("settings", sa.Text(), nullable=False, server_default=""))
    for name in _COUNTS:
        op.add_column("cycles", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in _DATES:
        op.add_column("cycles", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("cycles", sa.Column("waiting_on", sa.Text(), nullable=True))
    op.create_table(
        "audit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_stream_at", "audit", ["stream", "at"], unique=False)
