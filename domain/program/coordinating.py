"""Who runs a program."""

from domain.decider import Fact, Stamp, States
from domain.facts import Id
from domain.program.events import CoordinatorAssigned, CoordinatorReleased
from domain.program.wish import ProgramWish
from domain.refusals import Refusal, Refused


class AssignCoordinator(ProgramWish):
    """Let this person run the program. They need not take part in it themselves."""

    person: Id

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        program = self.found(states)
        if program.coordinators.get(self.person):
            return []
        return [self.fact(CoordinatorAssigned(person=self.person, occurred_on=self.day(program, stamp)))]


class ReleaseCoordinator(ProgramWish):
    """This person no longer runs the program."""

    person: Id

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        program = self.found(states)
        match program.coordinators.get(self.person):
            case None:
                raise Refused(
                    Refusal.WRONG_STATE,
                    f"{self.person} never coordinated this program; check the id",
                    "person",
                )
            case False:
                return []
            case True:
                return [self.fact(CoordinatorReleased(person=self.person, occurred_on=self.day(program, stamp)))]
