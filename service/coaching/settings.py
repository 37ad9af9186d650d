"""What a program sets for its cycles. A cycle keeps the release mode and the days as they were when it was opened."""

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from service.coaching.cycle_state import ReleaseMode
from service.coaching.refusals import NotPossible
from service.coaching.words import Title

MOST_CATEGORIES, MOST_PROMPTS, MOST_FRAMEWORKS, MOST_TAGS = 40, 20, 10, 200
MOST_DAYS: Final = 365
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


class ProgramSetUp(ProgramSettings, frozen=True, forbid_unknown_fields=True):
    """All that a lead sets."""

    release_mode: ReleaseMode


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


def set_up(text: str, release_mode: ReleaseMode) -> ProgramSetUp:
    """From the two columns."""
    settings = read(text)
    return ProgramSetUp(
        settings.stage_days, settings.focus_categories, settings.prompts, settings.frameworks, release_mode
    )


def kept(asked: ProgramSetUp) -> str:
    """For the column: everything but the release mode."""
    settings = ProgramSettings(asked.stage_days, asked.focus_categories, asked.prompts, asked.frameworks)
    return msgspec.json.encode(settings).decode()


def refuse_unless_usable(asked: ProgramSetUp) -> None:
    """Lengths of texts are looked at before. Raises NotPossible, which names what is in the way."""
    for stage, days in by_stage(asked).items():
        if not 1 <= days <= MOST_DAYS:
            raise NotPossible(f"Between 1 and {MOST_DAYS} days for “{stage.replace('_', '-')}”, please; not {days}.")
    _refuse_list("focus categories", asked.focus_categories, MOST_CATEGORIES)
    _refuse_list("prompts", asked.prompts, MOST_PROMPTS)
    _refuse_list("frameworks", tuple(framework.name for framework in asked.frameworks), MOST_FRAMEWORKS)
    for framework in asked.frameworks:
        if not framework.tags:
            raise NotPossible(f"“{framework.name}” has no tags yet. Give it some, or take it away.")
        _refuse_list(f"tags of “{framework.name}”", tuple(tag.code for tag in framework.tags), MOST_TAGS)


def _refuse_list(what: str, names: Iterable[str], most: int) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise NotPossible(f"“{name}” is there twice among the {what}. Take one of them away.")
        seen.add(name.casefold())
    if len(seen) > most:
        raise NotPossible(f"These are {len(seen)} {what}; more than {most} help nobody. Take some away.")
