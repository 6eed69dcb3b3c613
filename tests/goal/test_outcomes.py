"""A goal ends: met, not met or abandoned; and what was met may turn out not to be."""

import pytest

from domain.closing import CloseRelationship, ReopenRelationship
from domain.decider import Command
from domain.goal import AbandonGoal, AgreeGoal, Goal, MeetGoal, MissGoal, ProposeGoal, ReportProgress, RetractGoalMet
from domain.goal.events import GoalAbandoned, GoalMet, GoalMetRetracted, GoalNotMet, GoalParked, GoalResumed
from domain.refusals import Refusal
from tests.support.deciding import TODAY, Scene, given, on
from tests.support.scenes import GOAL, MENTEE, MENTOR, PAIRED, PAIRED_IN_PROGRAM, RELATIONSHIP

PROPOSE = ProposeGoal(id=GOAL, relationship=RELATIONSHIP, occurred_on=on("2025-02-01"))
AGREE = AgreeGoal(goal=GOAL, occurred_on=on("2025-02-10"))
MEET = MeetGoal(goal=GOAL, met_on=on("2025-05-01"), evidence="It is merged.")
RETRACT = RetractGoalMet(goal=GOAL, reason="reverted", explanation="It was reverted.")
MISS = MissGoal(goal=GOAL, reason="no_time", explanation="Too much work.")
ABANDON = AbandonGoal(goal=GOAL, reason="lost_interest", explanation="Other plans.")
CLOSE = CloseRelationship(
    relationship=RELATIONSHIP, reason="goals_met", initiated_by="both", anticipated=True, ended_on=on("2025-06-10")
)
REOPEN = ReopenRelationship(relationship=RELATIONSHIP, reason="mistake")


def status(scene: Scene) -> str:
    return scene.states.get(Goal, GOAL).status


# met


def test_a_goal_is_met() -> None:
    outcome = given(*PAIRED, PROPOSE).when(MEET, by=MENTEE)
    scene = outcome.then([GoalMet(met_on=on("2025-05-01"), asserted_by=MENTEE, evidence="It is merged.")])
    assert outcome.facts[0].concerning == (MENTEE, MENTOR)
    assert status(scene) == "met"


def test_in_a_structured_relationship_a_goal_is_agreed_before_it_is_met() -> None:
    given(*PAIRED_IN_PROGRAM, PROPOSE).when(MEET).refused(Refusal.GOAL_ORDER)
    early = MEET.model_copy(update={"met_on": on("2025-02-09")})
    given(*PAIRED_IN_PROGRAM, PROPOSE, AGREE).when(early).refused(Refusal.GOAL_ORDER, "met_on")
    assert given(*PAIRED_IN_PROGRAM, PROPOSE, AGREE).when(MEET).facts


@pytest.mark.parametrize("day", ["2025-01-31", "2025-07-01"])
def test_a_goal_is_met_after_its_proposal_and_not_in_the_future(day: str) -> None:
    given(*PAIRED, PROPOSE).when(MeetGoal(goal=GOAL, met_on=on(day))).refused(Refusal.GOAL_ORDER, "met_on")


def test_meeting_again_on_the_same_day_writes_nothing_and_on_another_is_refused() -> None:
    scene = given(*PAIRED, PROPOSE, MEET).when(MEET).then([]).when(MeetGoal(goal=GOAL)).then([])
    scene.when(MeetGoal(goal=GOAL, met_on=on("2025-05-02"))).refused(Refusal.GOAL_ORDER, "met_on")


def test_what_was_missed_or_abandoned_is_not_met() -> None:
    given(*PAIRED, PROPOSE, MISS).when(MEET).refused(Refusal.WRONG_STATE)
    given(*PAIRED, PROPOSE, ABANDON).when(MEET).refused(Refusal.WRONG_STATE)


@pytest.mark.parametrize("wish", [MEET, MISS, ABANDON], ids=["met", "not met", "abandoned"])
def test_the_outcome_of_a_parked_goal_may_still_become_known(wish: Command) -> None:
    scene = given(*PAIRED, PROPOSE, CLOSE)
    assert status(scene) == "parked"
    assert scene.when(wish).facts


# not met after all


def test_what_was_met_may_turn_out_not_to_be() -> None:
    retracted = GoalMetRetracted(by="operator", reason="reverted", explanation="It was reverted.", occurred_on=TODAY)
    scene = given(*PAIRED, PROPOSE, AGREE, MEET).when(RETRACT).then([retracted])
    assert status(scene) == "agreed"
    assert scene.when(MeetGoal(goal=GOAL, met_on=on("2025-06-30"))).facts


def test_that_it_was_never_met_has_no_day_which_later_ones_would_have_to_follow() -> None:
    scene = given(*PAIRED, PROPOSE, AGREE, MEET, RETRACT)
    progress = ReportProgress(goal=GOAL, percent=50, occurred_on=on("2025-05-15"))
    assert scene.when(progress).facts


def test_retracting_again_for_the_same_reason_writes_nothing() -> None:
    scene = given(*PAIRED, PROPOSE, MEET, RETRACT).when(RETRACT).then([])
    scene.when(RETRACT.model_copy(update={"reason": "other"})).refused(Refusal.WRONG_STATE)


def test_only_what_is_met_is_retracted() -> None:
    given(*PAIRED, PROPOSE).when(RETRACT).refused(Refusal.WRONG_STATE)


@pytest.mark.parametrize("day", ["2025-04-30", "2025-07-01"])
def test_a_goal_is_retracted_after_it_was_met_and_not_in_the_future(day: str) -> None:
    wish = RETRACT.model_copy(update={"occurred_on": on(day)})
    given(*PAIRED, PROPOSE, MEET).when(wish).refused(Refusal.GOAL_ORDER, "occurred_on")


def test_where_the_relationship_has_ended_a_retracted_goal_is_parked() -> None:
    parked = GoalParked(occurred_on=TODAY)
    scene = given(*PAIRED, PROPOSE, MEET, CLOSE)
    assert [fact.event for fact in scene.when(RETRACT).facts][1:] == [parked]
    assert status(scene) == "parked"
    assert status(given(*PAIRED, PROPOSE, CLOSE, MEET, RETRACT)) == "parked"


def test_where_the_relationship_was_reopened_a_retracted_goal_goes_on() -> None:
    scene = given(*PAIRED, PROPOSE, CLOSE, MEET, REOPEN)
    assert [fact.event for fact in scene.when(RETRACT).facts][1:] == [GoalResumed(occurred_on=TODAY)]
    assert status(scene) == "proposed"


# not met, abandoned


def test_a_goal_is_missed_or_abandoned_for_a_reason() -> None:
    missed = GoalNotMet(by=MENTOR, reason="no_time", explanation="Too much work.", occurred_on=TODAY)
    assert status(given(*PAIRED, PROPOSE).when(MISS, by=MENTOR).then([missed])) == "not met"
    abandoned = GoalAbandoned(by=MENTEE, reason="lost_interest", explanation="Other plans.", occurred_on=TODAY)
    assert status(given(*PAIRED, PROPOSE).when(ABANDON, by=MENTEE).then([abandoned])) == "abandoned"


@pytest.mark.parametrize("wish", [MISS, ABANDON], ids=["miss", "abandon"])
def test_giving_up_again_for_the_same_reason_writes_nothing_and_for_another_is_refused(wish: Command) -> None:
    scene = given(*PAIRED, PROPOSE, wish).when(wish).then([])
    scene.when(wish.model_copy(update={"reason": "other"})).refused(Refusal.WRONG_STATE)


@pytest.mark.parametrize("wish", [MISS, ABANDON], ids=["miss", "abandon"])
def test_a_goal_that_has_ended_is_not_given_up(wish: Command) -> None:
    given(*PAIRED, PROPOSE, MEET).when(wish).refused(Refusal.WRONG_STATE)


@pytest.mark.parametrize("wish", [MISS, ABANDON], ids=["miss", "abandon"])
@pytest.mark.parametrize("day", ["2025-01-31", "2025-07-01"])
def test_a_goal_is_given_up_after_its_proposal_and_not_in_the_future(wish: Command, day: str) -> None:
    dated = wish.model_copy(update={"occurred_on": on(day)})
    given(*PAIRED, PROPOSE).when(dated).refused(Refusal.GOAL_ORDER, "occurred_on")


@pytest.mark.parametrize("wish", [MEET, RETRACT, MISS, ABANDON], ids=["meet", "retract", "miss", "abandon"])
def test_only_a_goal_that_is_there_ends(wish: Command) -> None:
    given(*PAIRED).when(wish).refused(Refusal.UNKNOWN, "goal")
