"""Someone takes part."""

from datetime import date
from uuid import UUID, uuid5

from domain.days import said_or_today
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id, Label, Personal
from domain.participant.events import ParticipantRegistered
from domain.participant.state import Participant, Registration
from domain.refusals import Refusal, Refused

PEOPLE = UUID("a1c0d3c6-3d0b-4f0e-9d57-6b8a4f1f7e52")
"""The namespace of people known by a reference. It never changes: ids in the journal are made of it."""


def participant_id(reference: str) -> str:
    """The id of the participant with this reference: its UUIDv5, so that it can be taken only once."""
    return str(uuid5(PEOPLE, reference.strip()))


class RegisterParticipant(Command):
    """Register a person. With a `reference`, the id is `participant_id(reference)`."""

    id: Id
    reference: Label | None = None
    interests: tuple[Label, ...] = ()
    skills: tuple[Label, ...] = ()
    profile: Personal = ""
    occurred_on: date | None = None

    @property
    def target(self) -> Stream:
        return Stream(Participant, self.id)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        if self.reference is not None and self.id != participant_id(self.reference):
            raise Refused(
                Refusal.REFERENCE_MISMATCH,
                f"the id of {self.reference} is {participant_id(self.reference)}; "
                "use that id, or register without a reference",
                "id",
            )
        registered = states.find(Participant, self.id).registration
        if registered is not None:
            if registered == Registration(self.reference, self.interests, self.skills):
                return []
            raise Refused(
                Refusal.WRONG_STATE,
                f"the participant {self.id} is already registered, with other details; choose a new id",
                "id",
            )
        event = ParticipantRegistered(
            reference=self.reference,
            interests=self.interests,
            skills=self.skills,
            profile=self.profile,
            occurred_on=said_or_today(self.occurred_on, stamp.today()),
        )
        return [Fact(self.target, event, (self.id,))]
