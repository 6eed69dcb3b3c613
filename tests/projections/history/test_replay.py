"""A relationship at any moment, by both clocks: what had happened, and what was known of it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.goal.events import GoalAgreed, GoalMet, GoalMetRetracted, GoalProposed
from domain.journal import Journal
from domain.refusals import Unknown
from domain.relationship.events import (
    Change,
    Closed,
    CoMentorLeft,
    FeedbackGiven,
    FeedbackRetracted,
    Reopened,
    SessionChanges,
    SessionCorrected,
    SessionVoided,
)
from projections.history import replay
from tests.support.deciding import on
from tests.support.scenes import named
from tests.support.stories import FIRST, Story, drafted, held, paired, registered

BOND = named("bond")


@pytest.fixture
def story() -> Story:
    """Ann mentors Ben from 1 March; a session was recorded on the wrong day; the end was undone."""
    story = Story()
    story.tell("ann", registered("Ann")).tell("ben", registered("Ben")).tell("spring", drafted("Spring"))
    story.tell("bond", paired("2026-03-01", "spring", "2026"))
    story.tell("goal", GoalProposed(relationship=BOND, by=named("ben"), occurred_on=on("2026-03-01")))
    story.tell("goal", GoalAgreed(by=named("ann"), occurred_on=on("2026-03-02")))
    story.tell("bond", held("one", "2026-03-10"))
    story.tell("bond", held("two", "2026-03-20", minutes=30))
    moved = SessionChanges(held_on=Change(was=on("2026-03-20"), is_now=on("2026-04-02")))
    story.tell(
        "bond",
        SessionCorrected(
            session=named("two"), changes=moved, reason="typo", by="operator", occurred_on=on("2026-05-01")
        ),
        by="Cleo",
        role="coordinator",
        on_behalf_of=named("ann"),
    )
    story.tell("goal", GoalMet(met_on=on("2026-04-10"), asserted_by=named("ben")))
    closed = Closed(ended_on=on("2026-04-15"), reason="goals_met", initiated_by="both", anticipated=True, by="operator")
    story.tell("bond", closed)
    story.tell("bond", Reopened(reason="mistake", approved_by="operator", occurred_on=on("2026-04-20")))
    return story


@pytest.fixture
def journal(story: Story, database: str) -> Any:
    with story.written(database) as journal:
        yield journal


def brief(state: dict[str, Any] | None) -> Any:
    """Status, counted sessions, goals."""
    return state and (state["status"], state["sessions"]["counted"], state["goals"])


def test_the_state_after_an_event_does_not_know_what_came_later(journal: Journal) -> None:
    states = [event["state"] for event in replay(journal, BOND, as_of=on("2026-12-31"))["events"]]
    assert [state["open"] for state in states] == [
        *[[["2026-03-01", None]]] * 7,
        [["2026-03-01", "2026-04-15"]],
        [["2026-03-01", "2026-04-15"], ["2026-04-20", None]],
    ]


def test_every_event_is_told_with_the_state_after_it(journal: Journal) -> None:
    answer = replay(journal, BOND, as_of=on("2026-12-31"))
    assert [(e["position"], e["kind"], brief(e["state"])) for e in answer["events"]] == [
        (4, "Paired", ("active", 0, {})),
        (5, "GoalProposed", ("active", 0, {"proposed": 1})),
        (6, "GoalAgreed", ("active", 0, {"agreed": 1})),
        (7, "SessionHeld", ("active", 1, {"agreed": 1})),
        (8, "SessionHeld", ("active", 2, {"agreed": 1})),
        (9, "SessionCorrected", ("active", 2, {"agreed": 1})),
        (10, "GoalMet", ("active", 2, {"met": 1})),
        (11, "Closed", ("closed", 2, {"met": 1})),
        (12, "Reopened", ("active", 2, {"met": 1})),
    ]
    assert answer["events"][5] == {
        "position": 9,
        "stream": BOND,
        "version": 4,
        "kind": "SessionCorrected",
        "occurred_on": "2026-05-01",
        "recorded_at": "2026-01-01T18:00:00.000000Z",
        "source": "live",
        "actor": "Cleo",
        "role": "coordinator",
        "via": "command line",
        "on_behalf_of": named("ann"),
        "who": "Cleo, for Ann, as coordinator, through the command line",
        "sentence": "The session of 20 March 2026 is put right (typo): the day 2 April 2026, not 20 March 2026.",
        "changes": [{"field": "held_on", "was": "2026-03-20", "is": "2026-04-02"}],
        "later": False,
        "fits": True,
        "state": answer["events"][4]["state"]
        | {"sessions": {"counted": 2, "void": 0, "corrected": 1, "minutes": 90, "last_on": "2026-04-02"}},
    }


def test_the_state_is_in_plain_facts(journal: Journal) -> None:
    answer = replay(journal, BOND, as_of=on("2026-12-31"))
    last = journal.position()
    assert (answer["position"], answer["hash"]) == (last, journal.hash_at(last).hex())
    assert answer["state"] == {
        "status": "active",
        "mentor": "Ann",
        "co_mentors": [],
        "mentee": "Ben",
        "program": "Spring",
        "term": "2026",
        "open": [["2026-03-01", "2026-04-15"], ["2026-04-20", None]],
        "paused": [],
        "sessions": {"counted": 2, "void": 0, "corrected": 1, "minutes": 90, "last_on": "2026-04-02"},
        "goals": {"met": 1},
        "feedback": {"live": 0, "retracted": 0},
        "milestones": [],
        "closed_for": None,
    }


def test_as_of_leaves_out_what_is_dated_later_but_keeps_what_was_put_right(journal: Journal) -> None:
    answer = replay(journal, BOND, as_of=on("2026-03-31"))
    assert brief(answer["state"]) == ("active", 1, {"agreed": 1})
    assert [e["position"] for e in answer["events"] if e["later"]] == [10, 11, 12]
    assert [brief(e["state"]) for e in answer["events"][4:6]] == [
        ("active", 2, {"agreed": 1}),
        ("active", 1, {"agreed": 1}),
    ]


def test_as_of_includes_its_day(journal: Journal) -> None:
    statuses = {
        day: brief(replay(journal, BOND, as_of=on(day))["state"])
        for day in ("2026-02-28", "2026-03-01", "2026-04-14", "2026-04-15", "2026-04-19", "2026-04-20")
    }
    assert statuses == {
        "2026-02-28": None,
        "2026-03-01": ("active", 0, {"proposed": 1}),
        "2026-04-14": ("active", 2, {"met": 1}),
        "2026-04-15": ("closed", 2, {"met": 1}),
        "2026-04-19": ("closed", 2, {"met": 1}),
        "2026-04-20": ("active", 2, {"met": 1}),
    }


def test_known_at_cuts_the_journal(journal: Journal) -> None:
    known = FIRST + timedelta(hours=8, minutes=30)
    answer = replay(journal, BOND, as_of=on("2026-03-31"), known_at=known)
    assert (answer["position"], answer["known_at"]) == (8, "2026-01-01T17:30:00.000000Z")
    assert [e["position"] for e in answer["events"]] == [4, 5, 6, 7, 8]
    assert brief(answer["state"]) == ("active", 2, {"agreed": 1})


def test_before_anything_was_known_there_are_no_events_and_no_state(journal: Journal) -> None:
    answer = replay(journal, BOND, as_of=on("2026-12-31"), known_at=FIRST)
    assert (answer["events"], answer["state"], answer["position"]) == ([], None, 0)


def test_what_is_taken_back_leaves_the_state_at_every_day(story: Story, database: str) -> None:
    day = on("2026-03-05")
    given = FeedbackGiven(
        feedback=named("f"), author=named("ben"), to=named("ann"), ratings={"patience": 4}, occurred_on=day
    )
    story.tell("bond", given)
    story.tell("bond", FeedbackRetracted(feedback=named("f"), reason="other", occurred_on=on("2026-08-01")))
    story.tell(
        "bond",
        SessionVoided(session=named("one"), reason="duplicate", by="operator", occurred_on=on("2026-08-01")),
    )
    story.tell("goal", GoalMetRetracted(by=named("ann"), reason="not_yet", occurred_on=on("2026-08-01")))
    with story.written(database) as journal:
        answer = replay(journal, BOND, as_of=on("2026-04-12"))
    assert answer["state"] is not None
    assert answer["state"]["feedback"] == {"live": 0, "retracted": 1}
    assert answer["state"]["sessions"] == {
        "counted": 1,
        "void": 1,
        "corrected": 1,
        "minutes": 30,
        "last_on": "2026-04-02",
    }
    assert answer["state"]["goals"] == {"agreed": 1}
    assert [e["later"] for e in answer["events"][-4:]] == [False] * 4


def test_from_an_event_that_does_not_fit_on_the_state_stays(story: Story, database: str) -> None:
    story.tell("bond", CoMentorLeft(mentor=named("nobody"), left_on=on("2026-04-21")))
    story.tell("bond", held("three", "2026-04-22"))
    with story.written(database) as journal:
        events = replay(journal, BOND)["events"]
    assert [event["fits"] for event in events[-3:]] == [True, False, False]
    assert events[-1]["state"] == events[-2]["state"] == events[-3]["state"]


def test_only_a_relationship_can_be_replayed(journal: Journal) -> None:
    for other in (named("nobody"), named("ann"), "no id"):
        with pytest.raises(Unknown, match="there is no relationship"):
            replay(journal, other)
