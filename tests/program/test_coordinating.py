"""Who runs a program."""

from domain.program import AssignCoordinator, ReleaseCoordinator
from domain.program.events import CoordinatorAssigned, CoordinatorReleased
from domain.refusals import Refusal
from tests.support.deciding import TODAY, given
from tests.support.scenes import DRAFTED, PROGRAM, named

CLARA = named("Clara")
ASSIGN = AssignCoordinator(program=PROGRAM, person=CLARA)
RELEASE = ReleaseCoordinator(program=PROGRAM, person=CLARA)


def test_a_coordinator_is_assigned_and_released_and_assigned_again() -> None:
    assigned, released = (
        CoordinatorAssigned(person=CLARA, occurred_on=TODAY),
        CoordinatorReleased(person=CLARA, occurred_on=TODAY),
    )
    given(DRAFTED).when(ASSIGN).then([assigned]).when(RELEASE).then([released]).when(ASSIGN).then([assigned])


def test_assigning_or_releasing_twice_writes_nothing() -> None:
    given(DRAFTED, ASSIGN).when(ASSIGN).then([]).when(RELEASE)
    given(DRAFTED, ASSIGN, RELEASE).when(RELEASE).then([])


def test_only_who_was_assigned_is_released() -> None:
    given(DRAFTED).when(RELEASE).refused(Refusal.WRONG_STATE, "person")


def test_only_a_program_that_is_there_is_coordinated() -> None:
    given().when(ASSIGN).refused(Refusal.UNKNOWN, "program")
    given().when(RELEASE).refused(Refusal.UNKNOWN, "program")
