"""What the journal's tests ask it: a pair of people, and wishes about them, by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.closing import CloseRelationship
from domain.decider import Command
from domain.goal import AgreeGoal, ProposeGoal
from domain.journal import Answer, Caller, Journal, Request, Wish, connect
from domain.journal.appending import lock
from domain.participant import RegisterParticipant, SetCapacity
from domain.relationship import HoldSession, Pair, ReachMilestone
from projections.views import Views
from tests.support.scenes import named

OPERATOR = Caller("olga", "operator", "command line")
ANN = Caller("ann", "mentor", "api")
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**span)


def ask(journal: Journal, command: Command, caller: Caller = OPERATOR, **more: Any) -> Answer:
    """Ask and wait for the answer."""
    return journal.record(Wish(command, caller, **more))


def register(journal: Journal, *people: str) -> None:
    """Register these people."""
    for person in people:
        ask(journal, RegisterParticipant(id=named(person), profile=f"I am {person}."))


def pairing(bond: str = "bond", mentor: str = "ann", mentee: str = "ben") -> Pair:
    """Pair these two, without a program."""
    return Pair(id=named(bond), mentor=named(mentor), mentee=named(mentee), starts_on=START.date())


def pair(journal: Journal, bond: str = "bond", mentor: str = "ann", mentee: str = "ben") -> None:
    """Register these two and pair them."""
    register(journal, mentor, mentee)
    ask(journal, pairing(bond, mentor, mentee))


@contextmanager
def begun(database: str) -> Iterator[Journal]:
    """A new journal with two people who are paired, and its views."""
    with Journal.create(database) as journal:
        pair(journal)
        Views(journal).make_ready()
        yield journal


def session(name: str, bond: str = "bond", **more: Any) -> HoldSession:
    """A session of an hour, an hour after the one before: the last word of its name is a number."""
    starts_at = START - timedelta(hours=int(name.rsplit(maxsplit=1)[-1]) % 10)
    return HoldSession(relationship=named(bond), session=named(name), starts_at=starts_at, minutes=60, **more)


def milestone(code: str, bond: str = "bond") -> ReachMilestone:
    """A milestone of this code."""
    return ReachMilestone(relationship=named(bond), code=code)


def proposal(goal: str, bond: str = "bond") -> ProposeGoal:
    """A goal with this title."""
    return ProposeGoal(id=named(goal), relationship=named(bond), title=goal)


def agreement(goal: str) -> AgreeGoal:
    """It is agreed."""
    return AgreeGoal(goal=named(goal))


def closing(bond: str = "bond") -> CloseRelationship:
    """It ends today."""
    return CloseRelationship(
        relationship=named(bond), ended_on=START.date(), reason="goals_met", initiated_by="both", anticipated=True
    )


def capacity(mentor: str, max: int) -> SetCapacity:
    """So many places."""
    return SetCapacity(participant=named(mentor), max=max)


@contextmanager
def locked(journal: Journal) -> Iterator[None]:
    """Somebody else writes, and takes their time."""
    with connect(journal.database) as connection:
        lock(connection)
        yield
        connection.rollback()


def together(journal: Journal, *wishes: Wish) -> list[Request]:
    """Submit these wishes while the writer waits for the lock with another one, so that they meet in a batch."""
    with locked(journal):
        first = journal.writer.submit(Wish(RegisterParticipant(id=named("the first to wait")), OPERATOR))
        while not first.running():
            pass
        return [journal.writer.submit(wish) for wish in wishes]
