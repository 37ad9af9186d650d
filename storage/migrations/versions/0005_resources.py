"""Files beside the plan: an upload belongs to a lesson, or to a cycle."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """SQLite makes a new table of it, which nothing refers to; PostgreSQL changes two columns."""
    with op.batch_alter_table("uploads") as uploads:
        uploads.alter_column("lesson_id", existing_type=sa.Text(), nullable=True)
        uploads.add_column(sa.Column("cycle_id", sa.Text(), nullable=True))
        uploads.create_foreign_key("fk_uploads_cycle_id_cycles", "cycles", ["cycle_id"], ["id"])
        uploads.create_index("ix_uploads_cycle_id", ["cycle_id"], unique=False)
