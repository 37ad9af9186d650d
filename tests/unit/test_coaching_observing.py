"""Observers: given events, when a command, then events or a refusal."""

from datetime import datetime

from service.coaching.observing import (
    MOST_OBSERVERS,
    EndObserving,
    LetObserverIn,
    ObserverLetIn,
    ObserverProposed,
    ObservingEnded,
    ProposalSettled,
    ProposeObserver,
    SettleProposal,
)
from service.coaching.refusals import IdTaken, NoLongerHere, NotPossible, NotYours
from tests.fixtures.given import (
    AT,
    COACH,
    DAY,
    LISTED,
    OPENED,
    OUTSIDER,
    PEER,
    TEACHER,
    Row,
    over,
    row,
    table,
    when,
    world,
)

UNTIL = AT + 30 * DAY
IN = ObserverLetIn("o", PEER, None, UNTIL)
MANY = [ObserverLetIn(str(n), f"guest{n}", None, UNTIL) for n in range(MOST_OBSERVERS)]


def let_in(until: datetime = UNTIL, *, who: str = PEER, lesson: str | None = None, id: str = "o") -> LetObserverIn:  # noqa: A002
    """The address of a person here is their name at some place."""
    return LetObserverIn("x", id, f"{who}@demo.invalid", until, lesson)


OBSERVERS = [
    *when(
        world(cycle=[OPENED, LISTED]),
        row("let in to the cycle", let_in(), [IN]),
        row("or a lesson", let_in(lesson="l"), [ObserverLetIn("o", PEER, "l", UNTIL)]),
        row("not by the coach", let_in(), NotYours, by=COACH),
        row("nor an outsider", let_in(), NotYours, by=OUTSIDER),
        row("until yesterday", let_in(AT - DAY), NotPossible),
        row("until now", let_in(AT), NotPossible),
        row("for a year", let_in(AT + 366 * DAY), [ObserverLetIn("o", PEER, None, AT + 366 * DAY)]),
        row("for ever", let_in(AT + 367 * DAY), NotPossible),
        row("the coach is here already", let_in(who=COACH), NotPossible),
        row("so is the teacher", let_in(who=TEACHER), NotPossible),
        row("ended where nobody is", EndObserving("x", "o"), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, IN]),
        row("an id is used once", let_in(), IdTaken),
        row("ended by the teacher", EndObserving("x", "o"), [ObservingEnded("o")]),
        row("an observer leaves", EndObserving("x", "o"), [ObservingEnded("o")], by=PEER),
        row("the coach does not end it", EndObserving("x", "o"), NotYours, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, *MANY]),
        row("too many", let_in(), NotPossible),
    ),
    *when(
        world(cycle=[OPENED, *MANY, ObservingEnded("0")]),
        row("the last of many", let_in(), [IN]),
    ),
    *when(
        world(cycle=[OPENED, LISTED]),
        row(
            "the coach proposes",
            ProposeObserver("x", "p", "Pia", "She asked"),
            [ObserverProposed("p", "Pia", "She asked", None)],
            by=COACH,
        ),
        row(
            "for a lesson", ProposeObserver("x", "p", "Pia", "", "l"), [ObserverProposed("p", "Pia", "", "l")], by=COACH
        ),
        row("for a lesson that is not here", ProposeObserver("x", "p", "Pia", "", "n"), NoLongerHere, by=COACH),
        row("the teacher lets in instead", ProposeObserver("x", "p", "Pia"), NotYours),
        row("an outsider proposes", ProposeObserver("x", "p", "Otto"), NotYours, by=OUTSIDER),
        row("put away where nothing is", SettleProposal("x", "p"), []),
    ),
    *when(
        world(cycle=[OPENED, (COACH, ObserverProposed("p", "Pia", "", None))]),
        row("proposed under an id that is taken", ProposeObserver("x", "p", "Ole"), IdTaken, by=COACH),
        row("the teacher says no", SettleProposal("x", "p"), [ProposalSettled("p")]),
        row("the coach takes it back", SettleProposal("x", "p"), [ProposalSettled("p")], by=COACH),
        row("an outsider says no", SettleProposal("x", "p"), NotYours, by=OUTSIDER),
    ),
    *over(let_in(), ProposeObserver("x", "p", "Pia"), SettleProposal("x", "p")),
]


@table(OBSERVERS)
def test_observers(row: Row) -> None:
    row.holds()
