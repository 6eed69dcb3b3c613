"""What rules ask about a program: its frame, whether it is published, and who coordinates it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal, NamedTuple, assert_never

from domain.decider import State, replace
from domain.program.events import (
    CoordinatorAssigned,
    CoordinatorReleased,
    Evaluation,
    ProgramDrafted,
    ProgramEvent,
    ProgramPublished,
    RoleDefined,
    SelectionCriterionSet,
    TermSet,
)


class Draft(NamedTuple):
    """What a program was drafted as."""

    name: str
    kind: Literal["structured", "informal"]
    time_zone: str


class Criterion(NamedTuple):
    """How much a selection criterion weighs, and whether it must be met."""

    weight: int
    required: bool


class Term(NamedTuple):
    """The calendar of a term."""

    begins_on: date
    ends_on: date | None
    enroll_from: date | None
    enroll_until: date | None
    evaluations: tuple[Evaluation, ...]


@dataclass(frozen=True)
class Program(State):
    """A program, structured or informal."""

    noun: ClassVar[str] = "program"

    draft: Draft | None = None
    published: bool = False
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is expected of each role."""
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    coordinators: Mapping[str, bool] = field(default_factory=dict)
    """Everyone who was ever assigned, and whether they are now."""

    @property
    def status(self) -> str:
        if self.draft is None:
            return ""
        return "published" if self.published else "draft"

    @property
    def time_zone(self) -> str | None:
        """The IANA zone in which the program's days begin and end."""
        return self.draft.time_zone if self.draft else None

    @property
    def structured(self) -> bool:
        return self.draft is not None and self.draft.kind == "structured"

    def missing(self) -> list[str]:
        """What a structured program still lacks before it can be published; nothing for an informal one."""
        if not self.structured:
            return []
        roles = dict.fromkeys(("mentor", "mentee", *self.roles))
        lacking = [f"expectations for the role {role}" for role in roles if not self.roles.get(role)]
        if not self.criteria:
            lacking.append("a selection criterion")
        if not self.terms:
            lacking.append("a term")
        return lacking

    def evolve(self, event: ProgramEvent) -> "Program":
        match event:
            case TermSet():
                term = Term(event.begins_on, event.ends_on, event.enroll_from, event.enroll_until, event.evaluations)
                return replace(self, terms={**self.terms, event.term: term})
            case ProgramDrafted():
                return replace(self, draft=Draft(event.name, event.program_kind, event.time_zone))
            case RoleDefined():
                return replace(self, roles={**self.roles, event.role: event.expectations})
            case SelectionCriterionSet():
                criterion = Criterion(event.weight, event.required)
                return replace(self, criteria={**self.criteria, event.code: criterion})
            case CoordinatorAssigned():
                return replace(self, coordinators={**self.coordinators, event.person: True})
            case CoordinatorReleased():
                return replace(self, coordinators={**self.coordinators, event.person: False})
            case ProgramPublished():
                return replace(self, published=True)
            case _:
                assert_never(event)
