"""Whatever people wish, in whatever order: what was granted keeps the promises that the rules make together."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.closing import CloseRelationship, ReopenRelationship
from domain.decider import Command
from domain.goal import AbandonGoal, AgreeGoal, Goal, MeetGoal, MissGoal, ProposeGoal, ReportProgress, RetractGoalMet
from domain.participant import Participant, SetCapacity
from domain.relationship import (
    CorrectSession,
    GiveFeedback,
    HoldSession,
    JoinCoMentor,
    LeaveCoMentor,
    Pair,
    PauseRelationship,
    ReachMilestone,
    ReinstateSession,
    Relationship,
    ResumeRelationship,
    RetractFeedback,
    ReviseFeedback,
    VoidSession,
)
from domain.rules import Rules
from tests.support.deciding import TODAY, Scene
from tests.support.deciding import given as scene_of
from tests.support.scenes import CO_MENTOR, MENTEE, MENTOR, PROGRAM, PUBLISHED, REGISTERED, STRANGER, named

PEOPLE = (MENTOR, MENTEE, CO_MENTOR, STRANGER)
days = st.none() | st.integers(0, 6).map(lambda back: TODAY - timedelta(days=back))
people = st.sampled_from(PEOPLE)
relationships, sessions, goals, opinions = (
    st.sampled_from([named(f"{what} {number}") for number in range(2)]) for what in ("pair", "met", "goal", "said")
)
reasons = st.sampled_from(["this", "that"])
minutes = st.sampled_from([3, 30, 60])
starts = st.none() | days.filter(bool).map(lambda day: f"{day}T09:00:00Z")
ratings = st.sampled_from([{}, {"communication": 3}, {"patience": 4}, {"openness": 5}])


def wish(command: type[Command], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.fixed_dictionaries(fields).map(command.model_validate)


def here(command: type[Command], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return wish(command, relationship=relationships, **fields)


def of_goal(command: type[Command], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return wish(command, goal=goals, **fields)


pairing = wish(
    Pair,
    id=relationships,
    mentor=people,
    mentee=people,
    kind=st.sampled_from(["structured", "informal"]),
    program=st.sampled_from([None, PROGRAM]),
    starts_on=days,
)
BEGUN = Pair(id=named("pair 0"), mentor=MENTOR, mentee=MENTEE, kind="informal", starts_on=TODAY - timedelta(days=6))
closing = here(
    CloseRelationship,
    ended_on=days,
    reason=st.sampled_from([None, "moved"]),
    initiated_by=st.just("mentee"),
    anticipated=st.booleans(),
)
wishes = st.lists(
    st.tuples(
        people,
        st.one_of(
            pairing,
            pairing,
            closing,
            here(HoldSession, session=sessions, held_on=days, minutes=minutes, distinct_from=st.none() | sessions),
            here(HoldSession, session=sessions, starts_at=starts, minutes=minutes),
            here(CorrectSession, session=sessions, held_on=days, minutes=st.none() | minutes, reason=reasons),
            here(VoidSession, session=sessions, reason=st.sampled_from(["test", "duplicate"])),
            here(ReinstateSession, session=sessions, reason=reasons),
            here(PauseRelationship, reason=reasons, occurred_on=days),
            here(ResumeRelationship, occurred_on=days),
            here(ReopenRelationship, reason=reasons, occurred_on=days),
            here(JoinCoMentor, mentor=people, joined_on=days),
            here(LeaveCoMentor, mentor=people, left_on=days),
            here(ReachMilestone, code=reasons, on=days),
            here(GiveFeedback, feedback=opinions, to=people, ratings=ratings, occurred_on=days),
            here(ReviseFeedback, feedback=opinions, ratings=ratings),
            here(RetractFeedback, feedback=opinions, reason=reasons),
            wish(ProposeGoal, id=goals, relationship=relationships, occurred_on=days),
            of_goal(AgreeGoal, occurred_on=days),
            of_goal(ReportProgress, percent=st.sampled_from([0, 50, 100]), reason=st.none() | reasons),
            of_goal(MeetGoal, met_on=days),
            of_goal(RetractGoalMet, reason=reasons),
            of_goal(MissGoal, reason=reasons),
            of_goal(AbandonGoal, reason=reasons),
            wish(SetCapacity, participant=people, max=st.integers(1, 3)),
        ),
    ),
    min_size=50,
    max_size=100,
)


def states_of(scene: Scene, of: type[Any]) -> dict[str, Any]:
    return {stream.id: state for stream, (state, _) in scene.states.at.items() if stream.of is of}


def refuse_double_places(scene: Scene) -> None:
    """Places are taken by the mentors of open relationships, once each, and by nobody else."""
    taken = Counter(
        (person, slot.relationship) for person, state in states_of(scene, Participant).items() for slot in state.taken
    )
    expected = Counter(
        (mentor, id)
        for id, relationship in states_of(scene, Relationship).items()
        if relationship.is_open
        for mentor in relationship.mentors()
    )
    assert taken == expected


def refuse_twins(scene: Scene) -> None:
    """The same two have one open relationship in a program."""
    pairs = Counter(
        (relationship.paired.mentor, relationship.paired.mentee, relationship.program)
        for relationship in states_of(scene, Relationship).values()
        if relationship.is_open
    )
    assert not pairs or max(pairs.values()) == 1


def refuse_misplaced_sessions(scene: Scene) -> None:
    """Sessions that stand were held while the relationship was open, by who belonged, and not in the future."""
    for relationship in states_of(scene, Relationship).values():
        for session in relationship.live_sessions():
            assert relationship.was_open(session.held_on)
            assert session.held_on <= TODAY
            assert set(session.attended_by) <= set(relationship.parties(session.held_on))
        by_day: dict[date, set[str]] = {}
        for id, session in relationship.sessions.items():
            by_day.setdefault(session.held_on, set()).add(id)
        assert {day: set(ids) for day, ids in relationship.days.items() if ids} == by_day


def refuse_restless_goals(scene: Scene) -> None:
    """Nobody works towards a goal of an ended relationship, and none is parked in an open one."""
    owners = states_of(scene, Relationship)
    for goal in states_of(scene, Goal).values():
        assert not goal.is_open or owners[goal.relationship].is_open
        assert goal.status != "parked" or not owners[goal.relationship].is_open


@settings(max_examples=100, deadline=None)
@given(wishes)
def test_whatever_is_wished_the_rules_hold_together(said: list[tuple[str, Command]]) -> None:
    scene = scene_of(*REGISTERED, *PUBLISHED, BEGUN)
    for actor, command in said:
        before = {person: state.load(Rules()) for person, state in states_of(scene, Participant).items()}
        if not scene.when(command, by=actor).facts:
            continue
        for person, state in states_of(scene, Participant).items():
            assert state.load(Rules()) <= max(before[person], state.capacity(Rules())), "nobody is overbooked"
        refuse_double_places(scene)
        refuse_twins(scene)
        refuse_misplaced_sessions(scene)
        refuse_restless_goals(scene)
        scene.when(command, by=actor).then([])
