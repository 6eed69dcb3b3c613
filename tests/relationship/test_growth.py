"""Milestones are reached once, while the relationship is open."""

from domain.closing import CloseRelationship
from domain.refusals import Refusal
from domain.relationship import ReachMilestone
from domain.relationship.events import MilestoneReached
from tests.support.deciding import TODAY, given, on
from tests.support.scenes import MENTEE, PAIRED, RELATIONSHIP

REACH = ReachMilestone(relationship=RELATIONSHIP, code="first_month", on=on("2025-02-10"))
CLOSE = CloseRelationship(
    relationship=RELATIONSHIP, reason="goals_met", initiated_by="both", anticipated=True, ended_on=on("2025-05-01")
)


def test_a_milestone_is_reached() -> None:
    given(*PAIRED).when(REACH, by=MENTEE).then([MilestoneReached(code="first_month", on=on("2025-02-10"), by=MENTEE)])


def test_a_milestone_is_reached_today_unless_a_day_is_said() -> None:
    [reached] = given(*PAIRED).when(REACH.model_copy(update={"on": None})).facts
    assert reached.event.day == TODAY


def test_reaching_again_writes_nothing_and_on_another_day_is_refused() -> None:
    scene = given(*PAIRED, REACH).when(REACH).then([]).when(REACH.model_copy(update={"on": None})).then([])
    scene.when(REACH.model_copy(update={"on": on("2025-02-11")})).refused(Refusal.WRONG_STATE, "code")


def test_a_milestone_is_reached_while_the_relationship_is_open() -> None:
    scene = given(*PAIRED, CLOSE)
    for day in ("2025-01-09", "2025-05-02"):
        scene.when(REACH.model_copy(update={"on": on(day)})).refused(Refusal.NOT_OPEN_ON_DATE, "on")
    assert scene.when(REACH).facts


def test_a_milestone_is_not_reached_on_a_day_to_come() -> None:
    given(*PAIRED).when(REACH.model_copy(update={"on": on("2025-07-01")})).refused(Refusal.FUTURE_DATE, "on")


def test_a_milestone_belongs_to_a_relationship_that_is_there() -> None:
    given().when(REACH).refused(Refusal.UNKNOWN, "relationship")
