"""How a job can end, as values: the worker writes them down, the handlers only say them."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is there, and usually the job was completed in the transaction that made it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Trouble that may pass. `ours`: not the job's fault (store away, disk full), so it is never given up."""

    why: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """It can never be done and nobody waits for it."""

    why: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """It was too early, or we are stopping: run again later; this attempt does not count."""

    after: timedelta = timedelta(0)


Outcome = Done | Retry | Cancel | Snooze
