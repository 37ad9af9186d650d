"""Doors: passwords, known devices, tokens, invitations, counted attempts, notices; addresses compared in one way."""

import unicodedata
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """People get the key of their address and sessions a name that is no secret; the rest is new."""
    _keys_of_people()
    _ids_of_sessions()
    op.create_index("uq_cycles_teacher_number", "cycles", ["program_id", "teacher_id", "number"], unique=True)
    op.create_index(op.f("ix_sign_in_links_person_id"), "sign_in_links", ["person_id"], unique=False)
    op.create_table(
        "passwords",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passwords_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "devices",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_devices_person_id_people")),
        sa.PrimaryKeyConstraint("token_hash", "person_id", name=op.f("pk_devices")),
    )
    op.create_index(op.f("ix_devices_person_id"), "devices", ["person_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tokens_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    op.create_index(op.f("ix_tokens_person_id"), "tokens", ["person_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name=op.f("fk_invitations_invited_by_people")),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_invitations_program_id_programs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_program_id"), "invitations", ["program_id"], unique=False)
    op.create_table(
        "invitation_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_invitation_tokens_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation_tokens")),
    )
    op.create_index(op.f("ix_invitation_tokens_invitation_id"), "invitation_tokens", ["invitation_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("unsubscribe_hash", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("unsubscribe_hash", name=op.f("uq_notices_unsubscribe_hash")),
    )
    op.create_index("ix_notices_state_run_at", "notices", ["state", "run_at"], unique=False)
    op.create_table(
        "mail_refusals",
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("email_key", name=op.f("pk_mail_refusals")),
    )


# SQLite can only add a column that is NOT NULL with a default, and can make no other table of one that others refer to.


def _keys_of_people() -> None:
    op.drop_index("uq_people_email", table_name="people")
    op.add_column("people", sa.Column("email_key", sa.Text(), nullable=False, server_default=""))
    people = sa.table("people", sa.column("id"), sa.column("email"), sa.column("email_key"))
    connection = op.get_bind()
    for person, email in connection.execute(sa.select(people.c.id, people.c.email)).all():
        text = unicodedata.normalize("NFC", email)
        key = "".join(c.lower() if c.lower().upper() == c else c for c in text)
        connection.execute(people.update().where(people.c.id == person).values(email_key=key))
    op.create_index("uq_people_email_key", "people", ["email_key"], unique=True)


def _ids_of_sessions() -> None:
    op.add_column("sessions", sa.Column("id", sa.Text(), nullable=False, server_default=""))
    sessions = sa.table("sessions", sa.column("token_hash"), sa.column("id"))
    connection = op.get_bind()
    for (token_hash,) in connection.execute(sa.select(sessions.c.token_hash)).all():
        mine = sessions.c.token_hash == token_hash
        connection.execute(sessions.update().where(mine).values(id=str(uuid.uuid4())))
    op.create_index("uq_sessions_id", "sessions", ["id"], unique=True)
