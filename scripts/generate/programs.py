"""Three programs, framed and published before anyone is paired."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.decider import Command
from domain.participant import RegisterParticipant, participant_id
from domain.program import (
    AssignCoordinator,
    DefineRole,
    DraftProgram,
    PublishProgram,
    ReleaseCoordinator,
    SetSelectionCriterion,
    SetTerm,
)
from domain.program.events import Evaluation
from scripts.generate.chance import Chance
from scripts.generate.plan import Plan
from scripts.generate.words import profile

ALWAYS = "always on"
_SETTING_UP = timedelta(days=45)
_EXPECTATIONS = {
    "mentor": ("Meet every month", "Prepare each session", "Keep what is said between you"),
    "mentee": (
        "Bring your own agenda",
        "Follow up on what you agree",
        "Say early when something does not work",
    ),
    "coordinator": ("Answer within two working days", "Talk to each pair once a term"),
}


@dataclass(frozen=True, slots=True)
class Program:
    """What stories need to know of a program."""

    id: str
    name: str
    time_zone: str
    cohort: bool
    """Whether it begins in cohorts, each a term; else it has one term that is always on."""
    days: int
    """How long its relationships are planned."""
    coordinators: tuple[str, ...]
    terms: tuple[tuple[date, str, date | None], ...]
    """`(begins_on, name, ends_on)`, in order."""

    def frame(self, starts_on: date) -> tuple[str, date]:
        """The term of a relationship that starts on this day, and the day on which it is planned to end."""
        term = next(term for term in reversed(self.terms) if term[0] <= starts_on)
        return term[1], term[2] or starts_on + timedelta(days=self.days)


def planned(plan: Plan, chance: Chance) -> tuple[Program, ...]:
    """The three programs of this plan."""
    cohorts = tuple((day, f"{day.year} {'spring' if day.month < 6 else 'autumn'}") for day in plan.cohorts())
    always = (plan.first - _SETTING_UP, ALWAYS, None)
    return (
        _program(chance, 0, "Engineering Mentorship", "Europe/Berlin", 364, cohorts),
        _program(chance, 1, "Women in Leadership", "America/New_York", 300, cohorts),
        Program(chance.id(), "First Year", "UTC", False, 180, (_coordinator(4), _coordinator(5)), terms=(always,)),
    )


def setting_up(plan: Plan, programs: tuple[Program, ...], chance: Chance) -> Iterator[tuple[date, Command]]:
    """What an administrator does to frame and publish them, in order, and on which day.

    One person helps to set up all three, and stays with the first.
    """
    day = plan.first - _SETTING_UP
    for n in range(2 * len(programs)):
        yield day, RegisterParticipant(id=_coordinator(n), reference=_reference(n), profile=profile(chance))
    for program in programs:
        yield day, DraftProgram(id=program.id, name=program.name, time_zone=program.time_zone)
        for role, expectations in _EXPECTATIONS.items():
            yield day, DefineRole(program=program.id, role=role, expectations=expectations)
        for code, weight, required in (
            ("skills", 50, True),
            ("interests", 30, False),
            ("availability", 20, False),
        ):
            yield (
                day,
                SetSelectionCriterion(program=program.id, code=code, weight=weight, required=required),
            )
        for begins_on, term, ends_on in program.terms:
            yield day, _calendar(program.id, term, begins_on, ends_on)
        for person in (_coordinator(0), *program.coordinators):
            yield day, AssignCoordinator(program=program.id, person=person)
        if _coordinator(0) not in program.coordinators:
            yield day, ReleaseCoordinator(program=program.id, person=_coordinator(0))
        yield day, PublishProgram(program=program.id)


def _program(
    chance: Chance, n: int, name: str, time_zone: str, days: int, cohorts: tuple[tuple[date, str], ...]
) -> Program:
    terms = tuple((begins_on, term, begins_on + timedelta(days=days)) for begins_on, term in cohorts)
    return Program(chance.id(), name, time_zone, True, days, (_coordinator(2 * n), _coordinator(2 * n + 1)), terms)


def _calendar(program: str, term: str, begins_on: date, ends_on: date | None) -> SetTerm:
    if ends_on is None:
        return SetTerm(program=program, term=term, begins_on=begins_on)
    half = (ends_on - begins_on) / 2
    return SetTerm(
        program=program,
        term=term,
        enroll_from=begins_on - timedelta(days=56),
        enroll_until=begins_on - timedelta(days=7),
        begins_on=begins_on,
        ends_on=ends_on,
        evaluations=(
            Evaluation(code="midterm", on=begins_on + half),
            Evaluation(code="final", on=ends_on - timedelta(days=14)),
        ),
    )


def _reference(n: int) -> str:
    return f"coordinator-{n + 1:05d}"


def _coordinator(n: int) -> str:
    return participant_id(_reference(n))
