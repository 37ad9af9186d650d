"""Uploads that nobody goes on with: whether their sender was told; and an index to find a person's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Of those that are there nobody was told yet."""
    op.add_column("uploads", sa.Column("warned_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_uploads_person_id_state", "uploads", ["person_id", "state"], unique=False)
