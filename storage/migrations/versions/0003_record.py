"""The record: what a program sets, a cycle's row, files beside a plan, calendar feeds, observers, an audit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COUNTS = ("meetings_planned", "meetings_held", "commitments", "commitments_open")
_DATES = ("due_at", "paused_since_at", "cancelled_at", "next_at", "turnaround_ms", "meeting_at", "commitment_at")
_IDS = ("waiting_on", "closing_asked_by", "proposed_coach_id", "previous_id", "next_id")


def upgrade() -> None:
    """Rows of cycles that are there get what is empty; a job fills it from their streams."""
    op.add_column("programs", sa.Column("settings", sa.Text(), nullable=False, server_default=""))
    for name in _COUNTS:
        op.add_column("cycles", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in _DATES:
        op.add_column("cycles", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("cycles", sa.Column("paused_ms", sa.BigInteger(), nullable=False, server_default="0"))
    for name in _IDS:
        op.add_column("cycles", sa.Column(name, sa.Text(), nullable=True))
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
    _resources()
    _calendar_feeds()
    _observers()
    _rows_anew()


def _resources() -> None:
    """SQLite makes a new table of it, which nothing refers to; PostgreSQL changes two columns."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.alter_column("lesson_id", existing_type=sa.Text(), nullable=True)
        uploads.add_column(sa.Column("cycle_id", sa.Text(), nullable=True))
        uploads.create_foreign_key("fk_uploads_cycle_id_cycles", "cycles", ["cycle_id"], ["id"])
        uploads.create_index("ix_uploads_cycle_id", ["cycle_id"], unique=False)


def _calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )


def _observers() -> None:
    """Invitations that are there are into programs, and stay so."""
    for name in ("cycle_id", "lesson_id", "taken_by"):
        op.add_column("invitations", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("invitations", sa.Column("until_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_invitations_cycle_id", "invitations", ["cycle_id"], unique=False)


def _rows_anew() -> None:
    """What `farfield rebuild` does, once the new version runs. Only where there is something to fill."""
    op.execute(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, state, attempt, max_attempts, run_at, fence, created_at) "
        "SELECT 'rebuild-0003', 'rebuild_rows', '{}', 'rebuild_rows/0003', 'available', 0, 10, "
        "max(stage_since_at), 0, max(stage_since_at) FROM cycles HAVING count(*) > 0"
    )
