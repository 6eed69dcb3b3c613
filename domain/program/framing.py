"""What is fixed in advance: what is expected of roles, how people are selected, the calendar of terms."""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.decider import Fact, Stamp, States
from domain.facts import Code, Label
from domain.program.events import Evaluation, RoleDefined, SelectionCriterionSet, TermSet
from domain.program.state import Criterion, Term
from domain.program.wish import ProgramWish
from domain.refusals import Refusal, Refused


class DefineRole(ProgramWish):
    """Say what is expected of whoever takes this role; again, to say it anew."""

    role: Code
    expectations: tuple[Label, ...] = ()

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        program = self.found(states)
        if program.roles.get(self.role) == self.expectations:
            return []
        if program.published and program.structured and not self.expectations:
            raise Refused(
                Refusal.UNPUBLISHABLE,
                f"the program is published, so the role {self.role} needs at least one expectation",
                "expectations",
            )
        event = RoleDefined(role=self.role, expectations=self.expectations, occurred_on=self.day(program, stamp))
        return [self.fact(event)]


class SetSelectionCriterion(ProgramWish):
    """Say what is looked at when people are paired, and how heavily; again, to say it anew."""

    code: Code
    weight: Annotated[int, Field(ge=0, le=100)] = 1
    required: bool = False

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        program = self.found(states)
        if program.criteria.get(self.code) == Criterion(self.weight, self.required):
            return []
        event = SelectionCriterionSet(
            code=self.code,
            weight=self.weight,
            required=self.required,
            occurred_on=self.day(program, stamp),
        )
        return [self.fact(event)]


class SetTerm(ProgramWish):
    """Set the calendar of a term; again, to amend it. Without `ends_on` it is always on."""

    term: Label
    enroll_from: date | None = None
    enroll_until: date | None = None
    begins_on: date
    ends_on: date | None = None
    evaluations: tuple[Evaluation, ...] = ()

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        program = self.found(states)
        term = Term(self.begins_on, self.ends_on, self.enroll_from, self.enroll_until, self.evaluations)
        if program.terms.get(self.term) == term:
            return []
        _refuse_disorder(term)
        event = TermSet(
            term=self.term,
            enroll_from=self.enroll_from,
            enroll_until=self.enroll_until,
            begins_on=self.begins_on,
            ends_on=self.ends_on,
            evaluations=self.evaluations,
            occurred_on=self.day(program, stamp),
        )
        return [self.fact(event)]


def _refuse_disorder(term: Term) -> None:
    """WRONG_ORDER when the days of a term do not follow one another."""
    if term.ends_on is not None and term.ends_on < term.begins_on:
        raise Refused(
            Refusal.WRONG_ORDER,
            f"the term ends on {term.ends_on}, before it begins on {term.begins_on}",
            "ends_on",
        )
    if term.enroll_from is not None and term.enroll_until is not None and term.enroll_until < term.enroll_from:
        raise Refused(
            Refusal.WRONG_ORDER,
            f"enrollment ends on {term.enroll_until}, before it begins on {term.enroll_from}",
            "enroll_until",
        )
    for evaluation in term.evaluations:
        if evaluation.on < term.begins_on:
            raise Refused(
                Refusal.WRONG_ORDER,
                f"the evaluation {evaluation.code} on {evaluation.on} is before the term begins on {term.begins_on}",
                "evaluations",
            )
    codes = [evaluation.code for evaluation in term.evaluations]
    if len(codes) != len(set(codes)):
        raise Refused(Refusal.WRONG_ORDER, "an evaluation is named twice; give each one its own code", "evaluations")
