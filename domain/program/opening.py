"""A program begins: it is drafted, and once nothing is missing, published."""

from datetime import date
from typing import Literal

from domain.days import said_or_today
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id, Label, TimeZone
from domain.program.events import ProgramDrafted, ProgramPublished
from domain.program.state import Draft, Program
from domain.program.wish import ProgramWish
from domain.refusals import Refusal, Refused


class DraftProgram(Command):
    """Plan a program. Its time zone says when its days begin and end."""

    id: Id
    name: Label
    kind: Literal["structured", "informal"] = "structured"
    time_zone: TimeZone = "UTC"
    occurred_on: date | None = None

    @property
    def target(self) -> Stream:
        return Stream(Program, self.id)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        draft = states.find(Program, self.id).draft
        if draft is not None:
            if draft == Draft(self.name, self.kind, self.time_zone):
                return []
            raise Refused(
                Refusal.ID_TAKEN,
                f"the program {self.id} is already drafted: {draft.name}, {draft.kind}, {draft.time_zone}; "
                "choose a new id",
                "id",
            )
        event = ProgramDrafted(
            name=self.name,
            program_kind=self.kind,
            time_zone=self.time_zone,
            occurred_on=said_or_today(self.occurred_on, stamp.today(self.time_zone)),
        )
        return [Fact(self.target, event)]


class PublishProgram(ProgramWish):
    """Open the program. A structured one needs expectations for all roles, a selection criterion and a term."""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        program = self.found(states)
        if program.published:
            return []
        if missing := program.missing():
            raise Refused(
                Refusal.UNPUBLISHABLE,
                f"the program lacks {', '.join(missing)}; add what is missing, then publish",
            )
        return [self.fact(ProgramPublished(occurred_on=self.day(program, stamp)))]
