"""The tables. Ids are text; instants are integer milliseconds, aware UTC datetimes in Python; JSON is text."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970; raises TypeError for a naive datetime."""
    return (instant - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC datetime of an epoch millisecond, exactly."""
    return EPOCH + timedelta(milliseconds=ms)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, epoch milliseconds in the table."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=more.pop("nullable", False), **more)


def _at(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=nullable)


def _person(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, ForeignKey("people.id"), nullable=False, **more)


programs = Table(
    "programs",
    metadata,
    _text("id", primary_key=True),
    _text("name"),
    _text("release_mode"),
    _text("settings"),  # JSON; empty: as Farfield comes
    _at("created_at"),
)

people = Table(
    "people",
    metadata,
    _text("id", primary_key=True),
    _text("name"),
    _text("email"),
    _text("email_key"),  # what makes two spellings one address; made in Python, since databases differ
    _text("time_zone"),
    _text("language"),
    _at("created_at"),
    _at("deactivated_at", nullable=True),
    Index("uq_people_email_key", "email_key", unique=True),
)

memberships = Table(
    "memberships",
    metadata,
    Column("program_id", Text, ForeignKey("programs.id"), primary_key=True),
    _person("person_id", primary_key=True, index=True),
    _text("role", primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    _text("token_hash", primary_key=True),
    _text("id"),  # its public name; the hash stays inside
    _person("person_id", index=True),
    _at("created_at"),
    _at("seen_at"),
    _at("expires_at"),
    _at("ended_at", nullable=True),
    _text("device"),
    Index("uq_sessions_id", "id", unique=True),
)

passwords = Table("passwords", metadata, _person("person_id", primary_key=True), _text("hash"), _at("changed_at"))

devices = Table(
    "devices",
    metadata,
    _text("token_hash", primary_key=True),
    _person("person_id", primary_key=True, index=True),
    _at("created_at"),
)

tokens = Table(
    "tokens",
    metadata,
    _text("id", primary_key=True),
    _text("token_hash", unique=True),
    _person("person_id", index=True),
    _text("name"),
    _text("scopes"),
    _at("created_at"),
    _at("expires_at", nullable=True),
    _at("revoked_at", nullable=True),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    _person("person_id", primary_key=True),
    _text("token_hash", unique=True),
    _at("created_at"),
)

attempts = Table(
    "attempts",
    metadata,
    _text("key", primary_key=True),
    Column("count", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),  # epoch ms: reckoned with in SQL
    Column("seen_at", BigInteger, nullable=False),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    _text("token_hash", primary_key=True),
    _person("person_id", index=True),
    _text("purpose"),
    _at("created_at"),
    _at("expires_at"),
    _at("used_at", nullable=True),
)

invitations = Table(
    "invitations",
    metadata,
    _text("id", primary_key=True),
    Column("program_id", Text, ForeignKey("programs.id"), nullable=False, index=True),
    _text("role"),
    _text("email", nullable=True),
    _text("name", nullable=True),
    _person("invited_by"),
    _at("created_at"),
    _at("expires_at"),
    _at("used_at", nullable=True),
    _at("revoked_at", nullable=True),
    _text("cycle_id", nullable=True, index=True),  # of an observer; else it is into the program
    _text("lesson_id", nullable=True),
    _at("until_at", nullable=True),
    _text("taken_by", nullable=True),
)

invitation_tokens = Table(
    "invitation_tokens",
    metadata,
    _text("token_hash", primary_key=True),
    Column("invitation_id", Text, ForeignKey("invitations.id"), nullable=False, index=True),
)

notices = Table(
    "notices",
    metadata,
    _text("id", primary_key=True),
    _text("kind"),
    _text("email"),
    _text("payload"),
    _text("state"),
    Column("attempt", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    _at("run_at"),
    _text("unsubscribe_hash", nullable=True, unique=True),
    _text("error", nullable=True),
    _at("created_at"),
    _at("finished_at", nullable=True),
    Index("ix_notices_state_run_at", "state", "run_at"),
)

mail_refusals = Table("mail_refusals", metadata, _text("email_key", primary_key=True), _at("created_at"))

cycles = Table(
    "cycles",
    metadata,
    _text("id", primary_key=True),
    Column("program_id", Text, ForeignKey("programs.id"), nullable=False, index=True),
    _person("teacher_id"),
    _person("coach_id"),
    Column("number", Integer, nullable=False),
    _text("stage"),
    _at("stage_since_at"),
    _text("release_mode"),
    _text("focus_category", nullable=True),
    _at("created_at"),
    _at("closed_at", nullable=True),
    _at("due_at", nullable=True),
    _at("paused_since_at", nullable=True),
    _at("cancelled_at", nullable=True),
    _text("waiting_on", nullable=True),
    _at("next_at", nullable=True),
    Column("meetings_planned", Integer, nullable=False),
    Column("meetings_held", Integer, nullable=False),
    Column("commitments", Integer, nullable=False),
    Column("commitments_open", Integer, nullable=False),
    Column("turnaround_ms", BigInteger, nullable=True),
    Column("paused_ms", BigInteger, nullable=False),
    _at("meeting_at", nullable=True),
    _at("commitment_at", nullable=True),
    _text("closing_asked_by", nullable=True),
    _text("proposed_coach_id", nullable=True),
    _text("previous_id", nullable=True),
    _text("next_id", nullable=True),
    Index("uq_cycles_teacher_number", "program_id", "teacher_id", "number", unique=True),
)

grants = Table(
    "grants",
    metadata,
    _person("person_id", primary_key=True),
    _text("stream", primary_key=True, index=True),
    _text("role"),
    _at("created_at"),
    _at("until_at", nullable=True),
)

counters = Table("counters", metadata, _text("name", primary_key=True), Column("value", BigInteger, nullable=False))

lessons = Table(
    "lessons",
    metadata,
    _text("id", primary_key=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), nullable=False, index=True),
    _person("teacher_id"),
    _text("title"),
    _at("created_at"),
    _at("released_at", nullable=True),
    _text("state"),
    Column("annotations", Integer, nullable=False),
    Column("duration_ms", BigInteger, nullable=True),
    Column("attempt", Integer, nullable=True),
    _text("original_key", nullable=True),
    Column("original_bytes", BigInteger, nullable=True),
    Column("least_attempt", Integer, nullable=True),
)

uploads = Table(
    "uploads",
    metadata,
    _text("id", primary_key=True),
    Column("lesson_id", Text, ForeignKey("lessons.id"), nullable=True, index=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), nullable=True, index=True),  # of a file beside the plan
    _person("person_id"),
    _text("role"),
    _text("state"),
    Column("size", BigInteger, nullable=True),
    _text("name"),
    _text("content_type"),
    _text("fingerprint", nullable=True),
    _text("cover", nullable=True),
    _text("sha256", nullable=True),
    Column("granted_bytes", BigInteger, nullable=False),
    _at("created_at"),
    _at("seen_at"),
    _at("ended_at", nullable=True),
    _at("warned_at", nullable=True),  # when its sender was told that it will go
    Index("ix_uploads_person_id_state", "person_id", "state"),
)

renditions = Table(
    "renditions",
    metadata,
    Column("lesson_id", Text, ForeignKey("lessons.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    _text("name", primary_key=True),
    _text("kind"),
    _text("codecs"),
    Column("width", Integer, nullable=True),
    Column("height", Integer, nullable=True),
    Column("bandwidth", BigInteger, nullable=False),
    _text("init_key"),
    _text("object_key", nullable=True),
    Column("object_bytes", BigInteger, nullable=True),
    Column("finished", Boolean, nullable=False),
)

segments = Table(
    "segments",
    metadata,
    _text("lesson_id", primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    _text("rendition", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("duration_us", BigInteger, nullable=False),
    _text("object_key"),
    Column("bytes", BigInteger, nullable=False),
    Column("start_byte", BigInteger, nullable=True),
    ForeignKeyConstraint(
        ["lesson_id", "attempt", "rendition"], ["renditions.lesson_id", "renditions.attempt", "renditions.name"]
    ),
)

previews = Table(
    "previews",
    metadata,
    Column("lesson_id", Text, ForeignKey("lessons.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("sheets", Integer, nullable=False),
    Column("tile_width", Integer, nullable=True),
    Column("tile_height", Integer, nullable=True),
    Column("peaks", Integer, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("lesson_id", Text, ForeignKey("lessons.id"), primary_key=True),
    _text("job_id"),
    _text("stage"),
    Column("percent", Integer, nullable=True),
    Column("left_ms", BigInteger, nullable=True),
    _at("at"),
)

tracks = Table(
    "tracks",
    metadata,
    _text("id", primary_key=True),
    Column("lesson_id", Text, ForeignKey("lessons.id"), nullable=False, index=True),
    _text("kind"),
    _text("language"),
    _text("label"),
    Column("revision", Integer, nullable=False),
    _person("by_id"),  # who gave it its name
    _at("created_at"),
)

cues = Table(
    "cues",
    metadata,
    Column("track_id", Text, ForeignKey("tracks.id"), primary_key=True),
    _text("id", primary_key=True),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    _text("text"),
    Column("revision", Integer, nullable=False),  # of the track, when these words came
    _person("by_id"),
)

jobs = Table(
    "jobs",
    metadata,
    _text("id", primary_key=True),
    _text("kind"),
    _text("payload"),
    _text("dedupe_key", nullable=True, unique=True),
    _text("state"),
    Column("attempt", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    _at("run_at"),
    _at("lease_until", nullable=True),
    Column("fence", Integer, nullable=False),
    _text("error", nullable=True),
    _at("created_at"),
    _at("finished_at", nullable=True),
    Index("ix_jobs_state_run_at", "state", "run_at"),
)

events = Table(
    "events",
    metadata,
    _text("stream", primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    _text("type"),
    _at("at"),
    _text("by"),
    _text("data"),
)

audit = Table(
    "audit",
    metadata,
    _text("id", primary_key=True),
    _at("at"),
    _text("by"),
    _text("act"),
    _text("stream"),
    _text("about"),  # JSON: ids, versions and counts, never words
    Index("ix_audit_stream_at", "stream", "at"),
)

commands = Table(
    "commands",
    metadata,
    _text("id", primary_key=True),  # first in the key: a batch looks its ids up with one IN
    _text("person_id", primary_key=True),
    _text("digest"),
    _text("answer"),
    _at("at"),
)
