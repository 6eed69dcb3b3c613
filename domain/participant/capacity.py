"""How many open relationships a mentor carries: the number they say, and the places that are taken of it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.days import said_between
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id
from domain.participant.events import CapacitySet, MentorSlotReleased, MentorSlotTaken
from domain.participant.state import Participant
from domain.refusals import Refusal, Refused
from domain.rules import Rules


class SetCapacity(Command):
    """Say how many open relationships a mentor accepts at most. What is open already stays open."""

    participant: Id
    max: Annotated[int, Field(ge=0, le=1000)]
    occurred_on: date | None = None

    @property
    def target(self) -> Stream:
        return Stream(Participant, self.participant)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        mentor = states.get(Participant, self.participant, "participant")
        if mentor.max == self.max:
            return []
        event = CapacitySet(max=self.max, occurred_on=said_between(self.occurred_on, mentor.max_on, stamp.today()))
        return [Fact(self.target, event)]


def refuse_when_full(mentor: Participant, id: str, rules: Rules, pointer: str) -> None:
    """CAPACITY_FULL when no place of this mentor's is free."""
    load, capacity = mentor.load(rules), mentor.capacity(rules)
    if load >= capacity:
        raise Refused(
            Refusal.CAPACITY_FULL,
            f"the mentor {id} has no free place: {load} taken of {capacity}; "
            "close one of their relationships, or raise their capacity",
            pointer,
        )


def slot_taken(
    mentor: str,
    relationship: str,
    serving_as: Literal["lead", "co"],
    mentee: str,
    program: str | None,
    on: date,
) -> Fact:
    """One of this mentor's places is taken from this day on."""
    return Fact(
        Stream(Participant, mentor),
        MentorSlotTaken(
            relationship=relationship, serving_as=serving_as, mentee=mentee, program=program, occurred_on=on
        ),
    )


def slot_released(mentor: str, relationship: str, on: date) -> Fact:
    """The place that this relationship took is free again from this day on."""
    return Fact(Stream(Participant, mentor), MentorSlotReleased(relationship=relationship, occurred_on=on))
