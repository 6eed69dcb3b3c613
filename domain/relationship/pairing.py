"""How a relationship begins, and who joins it."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.days import said_between
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id, Label
from domain.participant.capacity import refuse_when_full, slot_released, slot_taken
from domain.participant.state import Participant
from domain.program.state import Program
from domain.refusals import Refusal, Refused, Unknown
from domain.relationship.events import CoMentorJoined, CoMentorLeft, Kind, Paired
from domain.relationship.state import Relationship
from domain.relationship.wish import RelationshipWish, refuse_before_sessions, today


class Pair(Command):
    """Pair a mentor, who leads, with a mentee. It takes one of the mentor's places."""

    id: Id
    mentor: Id
    mentee: Id
    kind: Kind = "structured"
    program: Id | None = None
    term: Label | None = None
    project: Label | None = None
    request: Id | None = None
    starts_on: date | None = None
    planned_end: date | None = None
    cadence_days: Annotated[int, Field(ge=1, le=366)] | None = None

    @property
    def target(self) -> Stream:
        return Stream(Relationship, self.id)

    def concerns(self, states: States) -> Iterator[Stream]:
        yield self.target
        yield Stream(Participant, self.mentor)
        yield Stream(Participant, self.mentee)
        if self.program:
            yield Stream(Program, self.program)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        frame = states.find(Relationship, self.id).frame
        if frame is not None:
            if frame == self._paired(self.starts_on or frame.starts_on):
                return []
            raise Refused(
                Refusal.ID_TAKEN,
                f"the relationship {self.id} began with other details; choose a new id",
                "id",
            )
        if self.mentor == self.mentee:
            raise Refused(Refusal.SELF_PAIRING, "a mentor is not their own mentee; name two different people", "mentee")
        mentor = states.get(Participant, self.mentor, "mentor")
        states.get(Participant, self.mentee, "mentee")
        zone = self._program_zone(states)
        for slot in mentor.leading(self.mentee):
            if slot.program == self.program:
                raise Refused(
                    Refusal.OPEN_DUPLICATE,
                    f"this mentor already leads the open relationship {slot.relationship} with this mentee; "
                    "go on there, or close it first",
                    "mentee",
                )
        refuse_when_full(mentor, self.mentor, stamp.rules, "mentor")
        paired = self._paired(self.starts_on or stamp.today(zone))
        if paired.planned_end is not None and paired.planned_end < paired.starts_on:
            raise Refused(
                Refusal.WRONG_ORDER,
                f"the planned end {paired.planned_end} lies before the start {paired.starts_on}; say a later day",
                "planned_end",
            )
        return [
            Fact(self.target, paired),
            slot_taken(self.mentor, self.id, "lead", self.mentee, self.program, paired.starts_on),
        ]

    def _paired(self, starts_on: date) -> Paired:
        return Paired(
            mentor=self.mentor,
            mentee=self.mentee,
            relationship_kind=self.kind,
            program=self.program,
            term=self.term,
            project=self.project,
            request=self.request,
            starts_on=starts_on,
            planned_end=self.planned_end,
            cadence_days=self.cadence_days,
        )

    def _program_zone(self, states: States) -> str | None:
        """The program's time zone; refused when the program, if any, cannot take pairings, or lacks the term."""
        if self.program is None:
            if self.term is not None:
                raise Unknown("a term belongs to a program; name the program too", "program")
            return None
        program = states.get(Program, self.program, "program")
        if program.structured and not program.published:
            raise Refused(
                Refusal.WRONG_STATE,
                "the program is still a draft; publish it before pairing people",
                "program",
            )
        if self.term is not None and self.term not in program.terms:
            terms = ", ".join(program.terms) or "none yet"
            raise Unknown(f"the program has no term {self.term}; its terms: {terms}", "term")
        return program.time_zone


class JoinCoMentor(RelationshipWish):
    """Let a further mentor join the lead."""

    mentor: Id
    joined_on: date | None = None

    def concerns(self, states: States) -> Iterator[Stream]:
        yield from super().concerns(states)
        yield Stream(Participant, self.mentor)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        mentor = states.get(Participant, self.mentor, "mentor")
        paired = relationship.paired
        if self.mentor == paired.mentee:
            raise Refused(Refusal.SELF_PAIRING, "the mentee cannot co-mentor themselves; name another mentor", "mentor")
        if self.mentor == paired.mentor:
            raise Refused(Refusal.ALREADY_A_PARTY, "this mentor leads the relationship already", "mentor")
        theirs = [member for member in relationship.co_mentors if member.person == self.mentor]
        if theirs and theirs[-1].left_on is None:
            if self.joined_on in (None, theirs[-1].joined_on):
                return []
            raise Refused(
                Refusal.ALREADY_A_PARTY,
                f"this mentor belongs already, since {theirs[-1].joined_on}",
                "mentor",
            )
        if not relationship.is_open:
            raise Refused(Refusal.WRONG_STATE, "the relationship is closed; re-open it before anyone joins")
        if stamp.rules.pairing.co_mentors_count:
            refuse_when_full(mentor, self.mentor, stamp.rules, "mentor")
        earliest = relationship.opened[-1].start
        if theirs and theirs[-1].left_on is not None:
            earliest = max(earliest, theirs[-1].left_on)
        joined_on = said_between(self.joined_on, earliest, today(relationship, states, stamp), "joined_on")
        return [
            self.fact(CoMentorJoined(mentor=self.mentor, joined_on=joined_on)),
            slot_taken(self.mentor, self.relationship, "co", paired.mentee, paired.program, joined_on),
        ]


class LeaveCoMentor(RelationshipWish):
    """A co-mentor leaves; what they did stays."""

    mentor: Id
    left_on: date | None = None

    def concerns(self, states: States) -> Iterator[Stream]:
        yield from super().concerns(states)
        yield Stream(Participant, self.mentor)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        theirs = [member for member in relationship.co_mentors if member.person == self.mentor]
        if not theirs:
            raise Refused(Refusal.NOT_A_MENTOR, f"{self.mentor} is no co-mentor here; check the id", "mentor")
        _, joined_on, left_on = theirs[-1]
        if left_on is not None:
            if self.left_on in (None, left_on):
                return []
            raise Refused(Refusal.WRONG_STATE, f"this co-mentor left already, on {left_on}", "left_on")
        if not relationship.is_open:
            raise Refused(Refusal.WRONG_STATE, "the relationship is closed, so nobody is left to leave it")
        day = said_between(self.left_on, joined_on, today(relationship, states, stamp), "left_on")
        attended = [session for session in relationship.live_sessions() if self.mentor in session.attended_by]
        refuse_before_sessions(day, attended, "left_on")
        return [
            self.fact(CoMentorLeft(mentor=self.mentor, left_on=day)),
            slot_released(self.mentor, self.relationship, day),
        ]
