"""A goal is proposed and agreed, and progress is reported."""

import pytest
from pydantic import ValidationError

from domain.closing import CloseRelationship, ReopenRelationship
from domain.decider import Command, Stream
from domain.goal import AbandonGoal, AgreeGoal, Goal, MeetGoal, ProposeGoal, ReportProgress
from domain.goal.events import GoalAgreed, GoalProposed, ProgressReported
from domain.refusals import Refusal
from tests.support.deciding import NOW, TODAY, given, on
from tests.support.scenes import GOAL, MENTEE, MENTOR, PAIRED, PAIRED_IN_PROGRAM, RELATIONSHIP, named

PROPOSE = ProposeGoal(
    id=GOAL,
    relationship=RELATIONSHIP,
    category="career",
    skills=("Rust",),
    target_on=on("2025-12-01"),
    title="Become a maintainer",
    measure="Three reviews a week",
    occurred_on=on("2025-02-01"),
)
AGREE = AgreeGoal(goal=GOAL, occurred_on=on("2025-02-10"))
CLOSE = CloseRelationship(relationship=RELATIONSHIP, reason="goals_met", initiated_by="both", anticipated=True)
REOPEN = ReopenRelationship(relationship=RELATIONSHIP, reason="mistake")


def report(percent: int, **details: object) -> ReportProgress:
    return ReportProgress.model_validate({"goal": GOAL, "percent": percent, **details})


# proposing


def test_a_goal_is_proposed_in_a_relationship_and_gathered_under_it() -> None:
    proposed = GoalProposed(
        relationship=RELATIONSHIP,
        category="career",
        skills=("Rust",),
        target_on=on("2025-12-01"),
        by=MENTEE,
        title="Become a maintainer",
        measure="Three reviews a week",
        occurred_on=on("2025-02-01"),
    )
    outcome = given(*PAIRED).when(PROPOSE, by=MENTEE)
    scene = outcome.then_facts([(Stream(Goal, GOAL), proposed)])
    assert outcome.facts[0].concerning == (MENTEE, MENTOR)
    goal = scene.states.get(Goal, GOAL)
    assert (goal.status, goal.root(GOAL)) == ("proposed", RELATIONSHIP)
    assert Goal().root(GOAL) == GOAL


def test_a_goal_is_proposed_today_in_the_programs_time_zone_unless_a_day_is_said() -> None:
    wish = PROPOSE.model_copy(update={"occurred_on": None})
    [proposed] = given(*PAIRED_IN_PROGRAM).when(wish, now=NOW.replace(hour=23)).facts
    assert proposed.event.day == on("2025-07-01")


def test_proposing_the_same_again_writes_nothing_and_an_id_is_one_goal_only() -> None:
    scene = given(*PAIRED, PROPOSE).when(PROPOSE).then([])
    scene.when(PROPOSE.model_copy(update={"category": "other"})).refused(Refusal.ID_TAKEN, "id")


def test_a_goal_is_proposed_only_while_the_relationship_is_open() -> None:
    given(*PAIRED, CLOSE).when(PROPOSE).refused(Refusal.WRONG_STATE, "relationship")
    given().when(PROPOSE).refused(Refusal.UNKNOWN, "relationship")


@pytest.mark.parametrize(("day", "code"), [("2025-01-09", Refusal.WRONG_ORDER), ("2025-07-01", Refusal.FUTURE_DATE)])
def test_a_goal_is_proposed_after_the_beginning_and_not_in_the_future(day: str, code: Refusal) -> None:
    given(*PAIRED).when(PROPOSE.model_copy(update={"occurred_on": on(day)})).refused(code, "occurred_on")


def test_a_target_does_not_lie_before_the_proposal() -> None:
    wish = PROPOSE.model_copy(update={"target_on": on("2025-01-31")})
    given(*PAIRED).when(wish).refused(Refusal.GOAL_ORDER, "target_on")


# agreeing


def test_a_proposed_goal_is_agreed() -> None:
    given(*PAIRED, PROPOSE).when(AGREE, by=MENTOR).then([GoalAgreed(by=MENTOR, occurred_on=on("2025-02-10"))])


def test_agreeing_again_writes_nothing_and_on_another_day_is_refused() -> None:
    scene = given(*PAIRED, PROPOSE, AGREE).when(AGREE).then([]).when(AgreeGoal(goal=GOAL)).then([])
    scene.when(AgreeGoal(goal=GOAL, occurred_on=on("2025-02-11"))).refused(Refusal.WRONG_STATE)


def test_only_a_proposed_goal_is_agreed() -> None:
    given(*PAIRED, PROPOSE, CLOSE).when(AGREE).refused(Refusal.WRONG_STATE)


@pytest.mark.parametrize("day", ["2025-01-31", "2025-07-01"])
def test_a_goal_is_agreed_after_its_proposal_and_not_in_the_future(day: str) -> None:
    wish = AgreeGoal(goal=GOAL, occurred_on=on(day))
    given(*PAIRED, PROPOSE).when(wish).refused(Refusal.GOAL_ORDER, "occurred_on")


# progress


def test_progress_is_reported() -> None:
    reported = ProgressReported(percent=40, by=MENTEE, explanation="Two reviews.", occurred_on=TODAY)
    given(*PAIRED, PROPOSE).when(report(40, explanation="Two reviews."), by=MENTEE).then([reported])


def test_progress_falls_only_with_a_reason() -> None:
    scene = given(*PAIRED, PROPOSE, report(40))
    scene.when(report(30)).refused(Refusal.GOAL_ORDER, "reason")
    scene.when(report(30, reason="miscounted")).then(
        [ProgressReported(percent=30, by="operator", reason="miscounted", occurred_on=TODAY)]
    )


def test_reporting_the_same_again_writes_nothing() -> None:
    given(*PAIRED, PROPOSE).when(report(0)).then([]).when(report(40)).scene.when(report(40)).then([])


@pytest.mark.parametrize("day", ["2025-02-28", "2025-07-01"])
def test_progress_follows_what_is_known_and_is_not_in_the_future(day: str) -> None:
    scene = given(*PAIRED, PROPOSE, report(40, occurred_on="2025-03-01"))
    scene.when(report(50, occurred_on=day)).refused(Refusal.GOAL_ORDER, "occurred_on")


@pytest.mark.parametrize(
    "end",
    [MeetGoal(goal=GOAL), AbandonGoal(goal=GOAL, reason="moved"), CLOSE],
    ids=["met", "abandoned", "parked"],
)
def test_only_an_open_goal_makes_progress(end: Command) -> None:
    given(*PAIRED, PROPOSE, end).when(report(40)).refused(Refusal.WRONG_STATE)


def test_a_goal_that_was_parked_makes_progress_once_the_relationship_is_reopened() -> None:
    assert given(*PAIRED, PROPOSE, CLOSE, REOPEN).when(report(40)).facts


def test_progress_is_between_nothing_and_all() -> None:
    for percent in (-1, 101):
        with pytest.raises(ValidationError):
            report(percent)


@pytest.mark.parametrize("wish", [AGREE, report(40)], ids=["agree", "report"])
def test_only_a_goal_that_is_there_is_agreed_or_makes_progress(wish: Command) -> None:
    given(*PAIRED).when(wish).refused(Refusal.UNKNOWN, "goal")


def test_goals_of_another_relationship_are_none_of_ours() -> None:
    assert given(*PAIRED, PROPOSE).states.under(Goal, named("another")) == {}
