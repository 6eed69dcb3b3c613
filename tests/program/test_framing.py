"""What a program fixes in advance."""

import pytest

from domain.decider import Command
from domain.program import DefineRole, SetSelectionCriterion, SetTerm
from domain.program.events import Evaluation, RoleDefined, SelectionCriterionSet, TermSet
from domain.refusals import Refusal
from tests.support.deciding import TODAY, given, on
from tests.support.scenes import DRAFTED, PROGRAM, PUBLISHED

ROLE = DefineRole(program=PROGRAM, role="mentor", expectations=("listens", "meets every month"))
CRITERION = SetSelectionCriterion(program=PROGRAM, code="skills", weight=3, required=True)
TERM = SetTerm(
    program=PROGRAM,
    term="2025 Spring",
    enroll_from=on("2025-01-01"),
    enroll_until=on("2025-02-15"),
    begins_on=on("2025-03-01"),
    ends_on=on("2025-05-31"),
    evaluations=(Evaluation(code="midterm", on=on("2025-04-15")), Evaluation(code="final", on=on("2025-05-31"))),
)


def test_a_role_says_what_is_expected_of_it() -> None:
    defined = RoleDefined(role="mentor", expectations=("listens", "meets every month"), occurred_on=TODAY)
    given(DRAFTED).when(ROLE).then([defined])


def test_a_criterion_says_how_much_it_weighs() -> None:
    criterion = SelectionCriterionSet(code="skills", weight=3, required=True, occurred_on=TODAY)
    given(DRAFTED).when(CRITERION).then([criterion])


def test_a_term_has_a_calendar() -> None:
    given(DRAFTED).when(TERM).then(
        [
            TermSet(
                term="2025 Spring",
                enroll_from=on("2025-01-01"),
                enroll_until=on("2025-02-15"),
                begins_on=on("2025-03-01"),
                ends_on=on("2025-05-31"),
                evaluations=TERM.evaluations,
                occurred_on=TODAY,
            )
        ]
    )


def test_a_term_may_be_always_on_and_lie_ahead() -> None:
    always = SetTerm(program=PROGRAM, term="always", begins_on=on("2026-01-01"))
    given(DRAFTED).when(always).then([TermSet(term="always", begins_on=on("2026-01-01"), occurred_on=TODAY)])


def test_a_term_may_be_amended() -> None:
    longer = TERM.model_copy(update={"ends_on": on("2025-06-30")})
    assert [fact.event.kind for fact in given(DRAFTED, TERM).when(longer).facts] == ["TermSet"]


@pytest.mark.parametrize("wish", [ROLE, CRITERION, TERM], ids=lambda wish: type(wish).__name__)
def test_setting_the_same_again_writes_nothing(wish: Command) -> None:
    given(DRAFTED, wish).when(wish).then([])


@pytest.mark.parametrize("wish", [ROLE, CRITERION, TERM], ids=lambda wish: type(wish).__name__)
def test_only_a_program_that_is_there_has_a_frame(wish: Command) -> None:
    given().when(wish).refused(Refusal.UNKNOWN, "program")


def test_a_published_program_keeps_expectations_for_its_roles() -> None:
    silent = DefineRole(program=PROGRAM, role="mentor")
    given(*PUBLISHED).when(silent).refused(Refusal.UNPUBLISHABLE, "expectations")


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("ends_on", on("2025-02-28"), "ends_on"),
        ("enroll_until", on("2024-12-31"), "enroll_until"),
        ("evaluations", (Evaluation(code="midterm", on=on("2025-02-28")),), "evaluations"),
        ("evaluations", 2 * (Evaluation(code="midterm", on=on("2025-04-15")),), "evaluations"),
    ],
)
def test_the_days_of_a_term_follow_one_another(field: str, value: object, pointer: str) -> None:
    given(DRAFTED).when(TERM.model_copy(update={field: value})).refused(Refusal.WRONG_ORDER, pointer)
