"""What rules ask about a participant: are they registered, and which of their places as a mentor are taken?"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, NamedTuple, assert_never

from domain.decider import State, replace
from domain.participant.events import (
    CapacitySet,
    MentorSlotReleased,
    MentorSlotTaken,
    ParticipantEvent,
    ParticipantRegistered,
)
from domain.rules import Rules


class Registration(NamedTuple):
    """What a participant is registered with, personal text apart."""

    reference: str | None
    interests: tuple[str, ...]
    skills: tuple[str, ...]


class Slot(NamedTuple):
    """A place as a mentor: for which relationship, and from when to when it was taken."""

    relationship: str
    serving_as: Literal["lead", "co"]
    mentee: str
    program: str | None
    taken_on: date
    released_on: date | None = None


@dataclass(frozen=True)
class Participant(State):
    """A person who takes part."""

    noun: ClassVar[str] = "participant"

    registration: Registration | None = None
    max: int | None = None
    """The most open relationships they said they accept."""
    max_on: date = date.min
    """Since which day."""
    taken: tuple[Slot, ...] = ()
    """The places that are taken now, whatever day they were taken on."""
    released: tuple[Slot, ...] = ()

    @property
    def status(self) -> str:
        return "registered" if self.registration else ""

    def capacity(self, rules: Rules) -> int:
        """The most open relationships they accept: as they said, else by rule."""
        return rules.pairing.default_capacity if self.max is None else self.max

    def load(self, rules: Rules) -> int:
        """How many places are taken now, of those that count towards the capacity by rule."""
        return sum(_counts(slot, rules) for slot in self.taken)

    def load_on(self, day: date, rules: Rules, *, but: str) -> int:
        """How many counting places were taken on this day of the world, leaving one relationship out."""
        return sum(
            slot.relationship != but
            and slot.taken_on <= day
            and (slot.released_on is None or day < slot.released_on)
            and _counts(slot, rules)
            for slot in (*self.released, *self.taken)
        )

    def leading(self, mentee: str) -> tuple[Slot, ...]:
        """The open relationships that they lead with this mentee."""
        return tuple(slot for slot in self.taken if slot.mentee == mentee and slot.serving_as == "lead")

    def evolve(self, event: ParticipantEvent) -> "Participant":
        match event:
            case MentorSlotTaken():
                slot = Slot(event.relationship, event.serving_as, event.mentee, event.program, event.occurred_on)
                return replace(self, taken=(*self.taken, slot))
            case MentorSlotReleased():
                return replace(
                    self,
                    taken=tuple(slot for slot in self.taken if slot.relationship != event.relationship),
                    released=self.released
                    + tuple(
                        slot._replace(released_on=event.occurred_on)
                        for slot in self.taken
                        if slot.relationship == event.relationship
                    ),
                )
            case ParticipantRegistered():
                return replace(self, registration=Registration(event.reference, event.interests, event.skills))
            case CapacitySet():
                return replace(self, max=event.max, max_on=event.occurred_on)
            case _:
                assert_never(event)


def _counts(slot: Slot, rules: Rules) -> bool:
    return slot.serving_as == "lead" or rules.pairing.co_mentors_count
