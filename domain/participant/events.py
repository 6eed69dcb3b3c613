"""What happens to a person who takes part."""

from typing import Annotated, Literal

from pydantic import Field

from domain.facts import Happened, Id, Label, Personal


class ParticipantRegistered(Happened):
    """I take part. `reference`: the name under which the organization knows me; a pseudonym, unique here."""

    reference: Label | None = None
    interests: tuple[Label, ...] = ()
    skills: tuple[Label, ...] = ()
    profile: Personal = ""


class CapacitySet(Happened):
    """I accept at most this many open relationships as a mentor."""

    max: Annotated[int, Field(ge=0, le=1000)]


class MentorSlotTaken(Happened):
    """One of my places is taken: I lead, or co-mentor, this relationship."""

    relationship: Id
    serving_as: Annotated[Literal["lead", "co"], Field(alias="as")]
    mentee: Id
    program: Id | None = None


class MentorSlotReleased(Happened):
    """The place is free again."""

    relationship: Id


ParticipantEvent = ParticipantRegistered | CapacitySet | MentorSlotTaken | MentorSlotReleased
