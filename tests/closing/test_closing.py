"""A relationship ends, with a reason, and an end can be undone for a while."""

import pytest

from domain.closing import CloseRelationship, ReopenRelationship
from domain.decider import Stream
from domain.goal import AgreeGoal, Goal, MeetGoal, ProposeGoal
from domain.goal.events import GoalParked, GoalResumed
from domain.participant import Participant, SetCapacity
from domain.participant.events import MentorSlotReleased, MentorSlotTaken
from domain.refusals import Refusal
from domain.relationship import (
    HoldSession,
    JoinCoMentor,
    LeaveCoMentor,
    Pair,
    PauseRelationship,
    ReachMilestone,
    Relationship,
)
from domain.relationship.events import Closed, Reopened
from domain.rules import Closing, Pairing, Rules
from tests.support.deciding import TODAY, Scene, given, on
from tests.support.scenes import (
    CO_MENTOR,
    GOAL,
    MENTEE,
    MENTOR,
    PAIR,
    PAIRED,
    PAIRED_IN_PROGRAM,
    RELATIONSHIP,
    SESSION,
    STRANGER,
    named,
)

HERE = Stream(Relationship, RELATIONSHIP)
END = on("2025-06-10")
JOIN = JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, joined_on=on("2025-02-01"))
LEAVE = LeaveCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, left_on=on("2025-04-01"))
PROPOSE = ProposeGoal(id=GOAL, relationship=RELATIONSHIP, occurred_on=on("2025-02-01"))
SECOND_GOAL, THIRD_GOAL = named("second goal"), named("third goal")
REOPEN = ReopenRelationship(
    relationship=RELATIONSHIP, reason="mistake", occurred_on=on("2025-06-20"), explanation="Oh."
)


def close(**details: object) -> CloseRelationship:
    said = {
        "relationship": RELATIONSHIP,
        "ended_on": END,
        "reason": "mentor_time",
        "initiated_by": "mentor",
        "anticipated": False,
        **details,
    }
    return CloseRelationship.model_validate(said)


CLOSE = close(contact_plan="We write at Christmas.", explanation="A new job.")


def status(scene: Scene) -> str:
    return scene.states.find(Relationship, RELATIONSHIP).status


# closing


def test_closing_releases_all_places_and_parks_the_goals_that_are_open() -> None:
    scene = given(
        *PAIRED,
        JOIN,
        PROPOSE,
        AgreeGoal(goal=GOAL),
        PROPOSE.model_copy(update={"id": SECOND_GOAL}),
        PROPOSE.model_copy(update={"id": THIRD_GOAL}),
        MeetGoal(goal=THIRD_GOAL, met_on=on("2025-05-01")),
    )
    closed = Closed(
        ended_on=TODAY,
        reason="mentor_time",
        initiated_by="mentor",
        anticipated=False,
        by=MENTOR,
        contact_plan="We write at Christmas.",
        explanation="A new job.",
    )
    outcome = scene.when(CLOSE.model_copy(update={"ended_on": None}), by=MENTOR)
    outcome.then_facts(
        [
            (HERE, closed),
            (Stream(Participant, MENTOR), MentorSlotReleased(relationship=RELATIONSHIP, occurred_on=TODAY)),
            (Stream(Participant, CO_MENTOR), MentorSlotReleased(relationship=RELATIONSHIP, occurred_on=TODAY)),
            (Stream(Goal, GOAL), GoalParked(occurred_on=TODAY)),
            (Stream(Goal, SECOND_GOAL), GoalParked(occurred_on=TODAY)),
        ]
    )
    assert outcome.facts[0].concerning == (MENTEE, MENTOR, CO_MENTOR)
    assert status(scene) == "closed"
    assert scene.states.get(Goal, GOAL).status == "parked"


def test_a_co_mentor_who_left_has_no_place_to_release() -> None:
    other = JOIN.model_copy(update={"mentor": STRANGER})
    facts = given(*PAIRED, JOIN, other, LEAVE).when(CLOSE).facts
    assert [fact.stream.id for fact in facts[1:]] == [MENTOR, STRANGER]


def test_a_paused_relationship_may_end_abruptly() -> None:
    pause = PauseRelationship(relationship=RELATIONSHIP, reason="illness", occurred_on=on("2025-05-01"))
    assert status(given(*PAIRED, pause, CLOSE)) == "closed"


@pytest.mark.parametrize("missing", ["reason", "initiated_by", "anticipated"])
def test_closing_names_reason_initiator_and_whether_it_was_anticipated(missing: str) -> None:
    given(*PAIRED).when(close(**{missing: None})).refused(Refusal.NO_CLOSURE_REASON, missing)


def test_closing_again_with_the_same_details_writes_nothing_and_with_others_is_refused() -> None:
    scene = given(*PAIRED, CLOSE).when(CLOSE).then([]).when(close(ended_on=None)).then([])
    for other in ({"ended_on": on("2025-06-11")}, {"reason": "moved"}, {"initiated_by": "both"}, {"anticipated": True}):
        scene.when(close(**other)).refused(Refusal.WRONG_STATE)


@pytest.mark.parametrize(("day", "code"), [("2025-01-09", Refusal.WRONG_ORDER), ("2025-07-01", Refusal.FUTURE_DATE)])
def test_an_end_lies_after_the_beginning_and_not_in_the_future(day: str, code: Refusal) -> None:
    given(*PAIRED).when(close(ended_on=day)).refused(code, "ended_on")


@pytest.mark.parametrize(
    "witness",
    [
        JOIN.model_copy(update={"joined_on": on("2025-06-11")}),
        ReachMilestone(relationship=RELATIONSHIP, code="half", on=on("2025-06-11")),
        PauseRelationship(relationship=RELATIONSHIP, reason="illness", occurred_on=on("2025-06-11")),
        HoldSession(relationship=RELATIONSHIP, session=SESSION, held_on=on("2025-06-11"), minutes=30),
    ],
    ids=["joined", "milestone", "paused", "held"],
)
def test_nothing_that_was_witnessed_lies_after_the_end(
    witness: JoinCoMentor | ReachMilestone | PauseRelationship | HoldSession,
) -> None:
    given(*PAIRED, witness).when(CLOSE).refused(Refusal.WRONG_ORDER, "ended_on")


def test_a_goal_is_parked_no_earlier_than_it_last_moved() -> None:
    late = PROPOSE.model_copy(update={"occurred_on": on("2025-06-15")})
    assert given(*PAIRED, late).when(CLOSE).facts[-1].event == GoalParked(occurred_on=on("2025-06-15"))


def test_only_a_relationship_that_is_there_ends_or_is_reopened() -> None:
    given().when(CLOSE).refused(Refusal.UNKNOWN, "relationship")
    given().when(REOPEN).refused(Refusal.UNKNOWN, "relationship")


def test_what_was_paired_ahead_may_be_left_before_it_begins() -> None:
    ahead = PAIR.model_copy(update={"starts_on": on("2025-09-01")})
    closed = given(*PAIRED[:-1], ahead).when(close(ended_on=None)).facts[0]
    assert closed.event.day == on("2025-09-01")


# re-opening


def test_reopening_takes_the_places_again_and_resumes_the_goals_that_were_parked() -> None:
    day = on("2025-06-20")
    scene = given(*PAIRED, JOIN, PROPOSE, AgreeGoal(goal=GOAL, occurred_on=on("2025-03-01")), CLOSE)
    scene.when(REOPEN).then_facts(
        [
            (HERE, Reopened(reason="mistake", approved_by="operator", explanation="Oh.", occurred_on=day)),
            (
                Stream(Participant, MENTOR),
                MentorSlotTaken(relationship=RELATIONSHIP, serving_as="lead", mentee=MENTEE, occurred_on=day),
            ),
            (
                Stream(Participant, CO_MENTOR),
                MentorSlotTaken(relationship=RELATIONSHIP, serving_as="co", mentee=MENTEE, occurred_on=day),
            ),
            (Stream(Goal, GOAL), GoalResumed(occurred_on=day)),
        ]
    )
    assert status(scene) == "active"
    assert scene.states.get(Goal, GOAL).status == "agreed"


def test_reopening_says_who_approved_it() -> None:
    [reopened, *_] = given(*PAIRED, CLOSE).when(REOPEN.model_copy(update={"approved_by": "Clara"})).facts
    assert isinstance(reopened.event, Reopened)
    assert reopened.event.approved_by == "Clara"


def test_what_was_paused_when_it_ended_is_active_when_reopened() -> None:
    pause = PauseRelationship(relationship=RELATIONSHIP, reason="illness", occurred_on=on("2025-05-01"))
    assert status(given(*PAIRED, pause, CLOSE, REOPEN)) == "active"


def test_reopening_again_writes_nothing() -> None:
    scene = given(*PAIRED, CLOSE, REOPEN).when(REOPEN).then([])
    scene.when(REOPEN.model_copy(update={"occurred_on": None})).then([])
    scene.when(REOPEN.model_copy(update={"reason": "other"})).refused(Refusal.WRONG_STATE)


def test_only_what_is_closed_is_reopened() -> None:
    given(*PAIRED).when(REOPEN).refused(Refusal.WRONG_STATE)


def test_an_end_may_follow_a_reopening_and_be_undone_again() -> None:
    again = close(ended_on="2025-06-25")
    scene = given(*PAIRED, CLOSE, REOPEN)
    assert scene.when(again).facts
    assert scene.when(REOPEN.model_copy(update={"occurred_on": on("2025-06-26")})).facts


@pytest.mark.parametrize(("day", "code"), [("2025-06-09", Refusal.WRONG_ORDER), ("2025-07-01", Refusal.FUTURE_DATE)])
def test_an_end_is_undone_after_it_and_not_in_the_future(day: str, code: Refusal) -> None:
    wish = REOPEN.model_copy(update={"occurred_on": on(day)})
    given(*PAIRED, CLOSE).when(wish).refused(code, "occurred_on")


def test_an_end_is_undone_within_the_days_of_the_rule() -> None:
    long_ago = close(ended_on="2025-05-21")
    scene = given(*PAIRED, long_ago)
    scene.when(REOPEN.model_copy(update={"occurred_on": on("2025-06-21")})).refused(
        Refusal.REOPEN_WINDOW, "occurred_on"
    )
    narrow = Rules(closing=Closing(reopen_within=29))
    scene.when(REOPEN, rules=narrow).refused(Refusal.REOPEN_WINDOW, "occurred_on")
    assert scene.when(REOPEN).facts


def test_who_has_gone_on_in_a_newer_relationship_goes_on_there() -> None:
    newer = PAIR.model_copy(update={"id": named("newer"), "starts_on": on("2025-06-12")})
    assert named("newer") in given(*PAIRED, CLOSE, newer).when(REOPEN).refused(Refusal.REOPEN_WINDOW)


def test_a_relationship_beside_it_in_another_program_does_not_hinder_reopening() -> None:
    beside = Pair(id=named("beside"), mentor=MENTOR, mentee=MENTEE, kind="peer", starts_on=on("2025-01-10"))
    assert given(*PAIRED_IN_PROGRAM, beside, CLOSE).when(REOPEN).facts
    formal = Pair(id=named("after"), mentor=MENTOR, mentee=MENTEE, kind="peer", starts_on=on("2025-06-11"))
    given(*PAIRED_IN_PROGRAM, CLOSE, formal).when(REOPEN).refused(Refusal.REOPEN_WINDOW)


def test_reopening_needs_a_free_place() -> None:
    one = SetCapacity(participant=MENTOR, max=1)
    other = Pair(id=named("other"), mentor=MENTOR, mentee=STRANGER, kind="informal")
    given(*PAIRED, one, CLOSE, other).when(REOPEN).refused(Refusal.CAPACITY_FULL, "relationship")


def test_reopening_needs_a_co_mentors_free_place_only_by_rule() -> None:
    none = SetCapacity(participant=CO_MENTOR, max=0)
    counted = Rules(pairing=Pairing(co_mentors_count=True))
    scene = given(*PAIRED, JOIN, CLOSE, none)
    scene.when(REOPEN, rules=counted).refused(Refusal.CAPACITY_FULL, "relationship")
    assert scene.when(REOPEN).facts
