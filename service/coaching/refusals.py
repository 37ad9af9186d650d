"""What the rules say no to. One class each; `service/problems.py` gives them their HTTP form."""


class Refusal(Exception):
    """A rule was not met. The text is a sentence for the person: what happened and what to do."""


class CycleClosed(Refusal):
    def __init__(self) -> None:
        super().__init__("This cycle is closed and takes nothing new. What you wrote is still with you.")


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


class StageNotNext(Refusal):
    """A move of the stage line that the cycle does not allow."""
