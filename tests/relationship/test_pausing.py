"""A relationship rests, and goes on."""

import pytest

from domain.closing import CloseRelationship
from domain.refusals import Refusal
from domain.relationship import HoldSession, PauseRelationship, Relationship, ResumeRelationship, VoidSession
from domain.relationship.events import Paused, Resumed
from tests.support.deciding import TODAY, Scene, given, on
from tests.support.scenes import MENTEE, MENTOR, PAIRED, RELATIONSHIP, SESSION, named

PAUSE = PauseRelationship(
    relationship=RELATIONSHIP,
    reason="holiday",
    until=on("2025-03-01"),
    occurred_on=on("2025-02-10"),
    explanation="Far away.",
)
RESUME = ResumeRelationship(relationship=RELATIONSHIP, occurred_on=on("2025-02-20"))
CLOSE = CloseRelationship(relationship=RELATIONSHIP, reason="moved", initiated_by="mentee", anticipated=False)


def status(scene: Scene) -> str:
    return scene.states.find(Relationship, RELATIONSHIP).status


def test_a_relationship_pauses_and_goes_on() -> None:
    paused = Paused(
        reason="holiday",
        until=on("2025-03-01"),
        by="operator",
        explanation="Far away.",
        occurred_on=on("2025-02-10"),
    )
    outcome = given(*PAIRED).when(PAUSE)
    assert outcome.facts[0].concerning == (MENTEE, MENTOR)
    scene = outcome.then([paused])
    assert status(scene) == "paused"
    scene.when(RESUME, by=MENTEE).then([Resumed(by=MENTEE, occurred_on=on("2025-02-20"))])
    assert status(scene) == "active"


def test_it_pauses_and_goes_on_today_unless_a_day_is_said() -> None:
    scene = given(*PAIRED)
    for wish in (
        PauseRelationship(relationship=RELATIONSHIP, reason="x"),
        ResumeRelationship(relationship=RELATIONSHIP),
    ):
        assert [fact.event.day for fact in scene.when(wish).facts] == [TODAY]


def test_pausing_again_with_the_same_details_writes_nothing() -> None:
    scene = given(*PAIRED, PAUSE).when(PAUSE).then([])
    scene.when(PAUSE.model_copy(update={"occurred_on": None})).then([])
    scene.when(PAUSE.model_copy(update={"reason": "illness"})).refused(Refusal.WRONG_STATE)
    scene.when(PAUSE.model_copy(update={"occurred_on": on("2025-02-11")})).refused(Refusal.WRONG_STATE)


def test_resuming_again_writes_nothing() -> None:
    scene = given(*PAIRED, PAUSE, RESUME).when(RESUME).then([])
    scene.when(ResumeRelationship(relationship=RELATIONSHIP)).then([])
    scene.when(RESUME.model_copy(update={"occurred_on": on("2025-02-21")})).refused(Refusal.WRONG_STATE)


def test_only_what_paused_resumes() -> None:
    given(*PAIRED).when(RESUME).refused(Refusal.WRONG_STATE)
    given(*PAIRED, PAUSE, CLOSE).when(RESUME).refused(Refusal.WRONG_STATE)


def test_only_an_active_relationship_pauses() -> None:
    given(*PAIRED, CLOSE).when(PAUSE).refused(Refusal.WRONG_STATE)
    given().when(PAUSE).refused(Refusal.UNKNOWN, "relationship")
    given().when(RESUME).refused(Refusal.UNKNOWN, "relationship")


@pytest.mark.parametrize(("day", "code"), [("2025-01-09", Refusal.WRONG_ORDER), ("2025-07-01", Refusal.FUTURE_DATE)])
def test_a_pause_begins_after_the_last_turn_and_not_in_the_future(day: str, code: Refusal) -> None:
    given(*PAIRED).when(PAUSE.model_copy(update={"occurred_on": on(day)})).refused(code, "occurred_on")


def test_a_pause_is_not_over_before_it_begins() -> None:
    given(*PAIRED, PAUSE).when(RESUME.model_copy(update={"occurred_on": on("2025-02-09")})).refused(
        Refusal.WRONG_ORDER, "occurred_on"
    )
    given(*PAIRED).when(PAUSE.model_copy(update={"until": PAUSE.occurred_on})).refused(Refusal.WRONG_ORDER, "until")


def test_two_pauses_do_not_overlap() -> None:
    given(*PAIRED, PAUSE, RESUME).when(PAUSE).refused(Refusal.WRONG_ORDER, "occurred_on")


def test_no_pause_covers_sessions_that_were_held() -> None:
    hold = HoldSession(relationship=RELATIONSHIP, session=SESSION, held_on=on("2025-02-11"), minutes=30)
    void = VoidSession(relationship=RELATIONSHIP, session=SESSION, reason="test")
    given(*PAIRED, hold).when(PAUSE).refused(Refusal.WRONG_ORDER, "occurred_on")
    assert given(*PAIRED, hold, void).when(PAUSE).facts
    assert given(*PAIRED, hold).when(PAUSE.model_copy(update={"occurred_on": on("2025-02-11")})).facts


def test_what_begins_later_may_pause_on_the_day_it_begins() -> None:
    ahead = PAIRED[-1].model_copy(update={"id": named("ahead"), "starts_on": on("2025-09-01")})
    wish = PauseRelationship(relationship=named("ahead"), reason="holiday")
    assert [fact.event.day for fact in given(*PAIRED[:-1], ahead).when(wish).facts] == [on("2025-09-01")]
