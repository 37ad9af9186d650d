"""What the rules say no to. One class each; `service/problems.py` gives them their HTTP form."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A rule was not met. The text is a sentence for the person: what happened and what to do."""

    members: Mapping[str, Any] = {}
    """What the person's page needs beside the sentence."""


class CycleClosed(Refusal):
    def __init__(self) -> None:
        super().__init__("This cycle is closed and takes nothing new. What you wrote is still with you.")


class CyclePaused(Refusal):
    def __init__(self) -> None:
        super().__init__("This cycle is paused. Take it up again first.")


class IdTaken(Refusal):
    def __init__(self) -> None:
        super().__init__("Something else here already has this id. Reload the page and try once more.")


class NotYours(Refusal):
    """The person may see the thing, but this act belongs to another role."""


class OutsideLesson(Refusal):
    """A moment that the lesson does not have."""


class NoSuchAnnotation(Refusal):
    def __init__(self) -> None:
        super().__init__("The annotation you answered is no longer here.")


class UnreadableCues(Refusal):
    """A file of captions or chapters that is none, or in which something would be lost. `line` counts from 1."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.members = {"line": line}


class NoLongerHere(Refusal):
    """What the command is about was removed, or never was."""


class StageNotNext(Refusal):
    """A move of the stage line that the cycle does not allow."""


class StageNotDone(Refusal):
    """What a stage needs before it may be left is not there yet."""


class NotPossible(Refusal):
    """A date, a length or a number that makes no sense here."""


class EditedMeanwhile(Refusal):
    """Somebody, perhaps the same person on another page, changed the text that this change began from."""

    def __init__(self, text: str, revision: int, by: str) -> None:
        super().__init__(
            "This text was changed while you wrote. Yours is still with you: look at both, and save again."
        )
        self.members = {"text": text, "revision": revision, "by": by}
