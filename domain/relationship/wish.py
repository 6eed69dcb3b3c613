"""What all wishes about a relationship share: it must exist, and its days are those of its program's time zone."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id
from domain.program.state import Program
from domain.refusals import Refusal, Refused
from domain.relationship.events import RelationshipEvent
from domain.relationship.state import Relationship, Session


class RelationshipWish(Command):
    """A wish about a relationship that is there."""

    relationship: Id

    @property
    def target(self) -> Stream:
        return Stream(Relationship, self.relationship)

    def concerns(self, states: States) -> Iterator[Stream]:
        yield self.target
        if program := states.find(Relationship, self.relationship).program:
            yield Stream(Program, program)

    def found(self, states: States) -> Relationship:
        return states.get(Relationship, self.relationship, "relationship")

    def fact(self, event: RelationshipEvent, concerning: tuple[str, ...] = ()) -> Fact:
        return Fact(self.target, event, concerning)


def time_zone(states: States, relationship: Relationship) -> str | None:
    """The time zone of the relationship's program; None when it has none, and the organization's holds."""
    return states.find(Program, relationship.program).time_zone if relationship.program else None


def today(relationship: Relationship, states: States, stamp: Stamp) -> date:
    """The local day of the relationship."""
    return stamp.today(time_zone(states, relationship))


def refuse_before_sessions(day: date, sessions: Iterable[Session], pointer: str) -> None:
    """WRONG_ORDER when one of these sessions was held after this day, which is to be the last one."""
    last = max((session.held_on for session in sessions), default=day)
    if last > day:
        raise Refused(
            Refusal.WRONG_ORDER,
            f"a session was held on {last}, after {day}; say a later day, or correct or void that session first",
            pointer,
        )
