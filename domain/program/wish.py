"""What all wishes about a program share: the program must exist, and its days are its own time zone's."""

from datetime import date

from domain.days import said_or_today
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id
from domain.program.events import ProgramEvent
from domain.program.state import Program


class ProgramWish(Command):
    """A wish about a program that is there."""

    program: Id
    occurred_on: date | None = None

    @property
    def target(self) -> Stream:
        return Stream(Program, self.program)

    def found(self, states: States) -> Program:
        return states.get(Program, self.program, "program")

    def day(self, program: Program, stamp: Stamp) -> date:
        return said_or_today(self.occurred_on, stamp.today(program.time_zone))

    def fact(self, event: ProgramEvent) -> Fact:
        return Fact(self.target, event)
