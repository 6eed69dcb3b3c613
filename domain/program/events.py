"""What happens to a program."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.facts import Code, Happened, Id, Label, Part, TimeZone


class Evaluation(Part):
    """A day in a term's timeline on which something is evaluated: `midterm`, `final`."""

    code: Code
    on: date


class ProgramDrafted(Happened):
    """We plan a program."""

    name: Label
    program_kind: Annotated[Literal["structured", "informal"], Field(alias="kind")] = "structured"
    time_zone: TimeZone = "UTC"


class RoleDefined(Happened):
    """This is what we expect of whoever takes this role."""

    role: Code
    expectations: tuple[Label, ...]


class SelectionCriterionSet(Happened):
    """We look at this when we pair people, and so heavily."""

    code: Code
    weight: Annotated[int, Field(ge=0, le=100)] = 1
    required: bool = False


class TermSet(Happened):
    """This is the calendar of a term. A term without `ends_on` is always on."""

    term: Label
    enroll_from: date | None = None
    enroll_until: date | None = None
    begins_on: date
    ends_on: date | None = None
    evaluations: tuple[Evaluation, ...] = ()


class CoordinatorAssigned(Happened):
    """This person runs the program with us."""

    person: Id


class CoordinatorReleased(Happened):
    """This person no longer runs the program."""

    person: Id


class ProgramPublished(Happened):
    """The program is open."""


ProgramEvent = (
    ProgramDrafted
    | RoleDefined
    | SelectionCriterionSet
    | TermSet
    | CoordinatorAssigned
    | CoordinatorReleased
    | ProgramPublished
)
