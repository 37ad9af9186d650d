"""What a program sets for its cycles. A cycle keeps the release mode and the days as they were when it was opened."""

from typing import Annotated, Final

import msgspec

from service.coaching.words import Title

MOST_CATEGORIES, MOST_PROMPTS, MOST_FRAMEWORKS, MOST_TAGS = 40, 20, 10, 200
Days = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 1, "maximum": 365})]


class StageDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Target days of each stage."""

    planning: Days
    teaching: Days
    review: Days
    debrief: Days
    follow_up: Days


class FrameworkTag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Title
    label: Title


class Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of codes that annotations can be tagged with, as it is in this version of it."""

    name: Title
    version: Title
    tags: tuple[FrameworkTag, ...]


class ProgramSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Beside the release mode, which is a column of its own."""

    stage_days: StageDays
    focus_categories: tuple[Title, ...]
    prompts: tuple[Title, ...]
    frameworks: tuple[Framework, ...]


DEFAULT: Final = ProgramSettings(
    stage_days=StageDays(planning=7, teaching=7, review=5, debrief=5, follow_up=21),
    focus_categories=(
        "Asking questions",
        "Listening to student thinking",
        "Discussion",
        "Group work",
        "Representations",
        "Access and participation",
        "Routines and time",
        "Other",
    ),
    prompts=(
        "What did the students do that you had not expected?",
        "What would you keep, and what would you try differently?",
        "What are you still wondering about?",
    ),
    frameworks=(),
)


def read(text: str) -> ProgramSettings:
    """From the column in which they are kept; empty: nobody has set anything yet."""
    return msgspec.json.decode(text, type=ProgramSettings) if text else DEFAULT


def by_stage(settings: ProgramSettings) -> dict[str, int]:
    """Target days by stage, as a cycle keeps them."""
    return msgspec.structs.asdict(settings.stage_days)
