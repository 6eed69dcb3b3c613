"""The audit history: who recorded what, when, for whom, through what, and what it changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.goal.events import GoalProposed, ProgressReported
from domain.journal import Journal
from domain.participant.events import CapacitySet
from domain.participant.registering import participant_id
from domain.program.events import RoleDefined
from domain.refusals import Unknown
from domain.relationship.events import (
    Change,
    FeedbackGiven,
    FeedbackRevised,
    SessionChanges,
    SessionCorrected,
    SessionVoided,
)
from projections.history import Wanted, history
from projections.views import Views
from tests.support.deciding import on
from tests.support.scenes import named
from tests.support.stories import FIRST, Story, drafted, held, paired, registered, term

DAY = on("2026-03-01")


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    story = Story()
    for person in ("Ann", "Ben", "Cleo", "Dan"):
        story.tell(person.lower(), registered(person), act=person != "Dan")
    story.tell("spring", drafted("Spring"))
    story.tell("spring", term("2026", "2026-03-01", "2026-06-30"))
    story.tell("spring", term("2026", "2026-03-01", "2026-07-31"))
    for expectations in ("listen",), ("listen", "be there"):
        story.tell("spring", RoleDefined(role="mentor", expectations=expectations, occurred_on=DAY))
    story.tell("ann", CapacitySet(max=3, occurred_on=DAY))
    story.tell("ann", CapacitySet(max=1, occurred_on=DAY))
    story.tell("bond", paired("2026-03-01"))
    story.tell("other", paired("2026-03-01", mentor="cleo", mentee="dan"))
    story.tell("bond", held("one", "2026-03-10"), by=named("ann"), role="mentor", via="api")
    moved = SessionChanges(minutes=Change(was=60, is_now=30))
    corrected = SessionCorrected(
        session=named("one"), changes=moved, rewritten=("summary",), reason="typo", by="operator", occurred_on=DAY
    )
    story.tell("bond", corrected, by="cleo", role="coordinator", on_behalf_of=named("ann"))
    given: dict[str, Any] = {"feedback": named("f"), "occurred_on": DAY}
    first: dict[str, Any] = {"ratings": {"patience": 2, "experience": 4}, "overall": 3}
    story.tell("bond", FeedbackGiven(author=named("ben"), to=named("ann"), **first, **given))
    story.tell("bond", FeedbackRevised(ratings={"patience": 5, "experience": 4}, **given))
    story.tell("goal", GoalProposed(relationship=named("bond"), by="operator", occurred_on=DAY))
    for percent in (40, 20):
        story.tell("goal", ProgressReported(percent=percent, by="operator", occurred_on=DAY))
    voided = SessionVoided(session=named("one"), reason="duplicate", by="operator", occurred_on=DAY)
    story.tell("bond", voided)
    with story.written(database) as journal:
        yield journal


def told(journal: Journal, **wanted: Any) -> list[tuple[int, str]]:
    return [(item["position"], item["kind"]) for item in history(journal, Wanted(**wanted))["items"]]


def test_an_item_says_who_what_when_for_whom_and_what_changed(journal: Journal) -> None:
    [item] = history(journal, Wanted(kind="SessionCorrected"))["items"]
    assert item == {
        "position": 15,
        "root": named("bond"),
        "stream": named("bond"),
        "version": 3,
        "kind": "SessionCorrected",
        "occurred_on": "2026-03-01",
        "recorded_at": "2026-01-01T23:00:00.000000Z",
        "source": "live",
        "actor": "cleo",
        "role": "coordinator",
        "via": "command line",
        "on_behalf_of": named("ann"),
        "who": "cleo, for Ann, as coordinator, through the command line",
        "sentence": "The session of 10 March 2026 is put right (typo): minutes 30, not 60; the summary was rewritten.",
        "changes": [
            {"field": "minutes", "was": 60, "is": 30},
            {"field": "summary", "was": "kept apart", "is": "rewritten"},
        ],
        "fits": True,
    }


def test_what_changed_is_told_even_where_the_event_does_not_say_what_was(journal: Journal) -> None:
    changed = {item["position"]: item["changes"] for item in history(journal, Wanted())["items"] if item["changes"]}
    assert changed == {
        6: [
            {"field": "begins_on", "was": None, "is": "2026-03-01"},
            {"field": "ends_on", "was": None, "is": "2026-06-30"},
            {"field": "evaluations", "was": None, "is": []},
        ],
        7: [{"field": "ends_on", "was": "2026-06-30", "is": "2026-07-31"}],
        8: [{"field": "expectations", "was": None, "is": ["listen"]}],
        9: [{"field": "expectations", "was": ["listen"], "is": ["listen", "be there"]}],
        10: [{"field": "capacity", "was": None, "is": 3}],
        11: [{"field": "capacity", "was": 3, "is": 1}],
        15: [
            {"field": "minutes", "was": 60, "is": 30},
            {"field": "summary", "was": "kept apart", "is": "rewritten"},
        ],
        17: [{"field": "patience", "was": 2, "is": 5}, {"field": "overall", "was": 3, "is": None}],
        19: [{"field": "percent", "was": None, "is": 40}],
        20: [{"field": "percent", "was": 40, "is": 20}],
        21: [{"field": "void", "was": None, "is": "duplicate"}],
    }


def test_the_history_is_found_by_relationship_actor_and_kind(journal: Journal) -> None:
    assert told(journal, relationship=named("other")) == [(13, "Paired")]
    assert told(journal, relationship=named("bond"), limit=2) == [(12, "Paired"), (14, "SessionHeld")]
    assert told(journal, actor=named("ann")) == [(14, "SessionHeld")]
    assert told(journal, kind="Paired", relationship=named("bond")) == [(12, "Paired")]
    with pytest.raises(Unknown, match="there is no relationship"):
        told(journal, relationship=named("nobody"))


def test_an_actor_is_found_by_their_reference(database: str) -> None:
    mira = participant_id("Mira")
    story = Story().tell("ann", registered("Ann"), by=mira).tell("ben", registered("Ben"), by="Ben")
    with story.written(database) as journal:
        assert [told(journal, actor=actor) for actor in (mira, "Mira", "Ben", "Zoe")] == [
            [(1, "ParticipantRegistered")],
            [(1, "ParticipantRegistered")],
            [(2, "ParticipantRegistered")],
            [],
        ]


def test_a_person_s_history_is_their_own_record_and_every_relationship_of_theirs(journal: Journal) -> None:
    Views(journal).make_ready()
    with Views(journal).read() as view:
        wanted = Wanted(person=named("dan"))
        assert [item["position"] for item in history(journal, wanted, view)["items"]] == [4, 13]
        wanted = Wanted(person=named("dan"), relationship=named("bond"))
        assert history(journal, wanted, view)["items"] == []


def test_since_and_until_mean_recorded_at_half_open(journal: Journal) -> None:
    hour = timedelta(hours=1)
    assert [position for position, _ in told(journal, since=FIRST + 3 * hour, until=FIRST + 5 * hour)] == [3, 4, 5]
    assert told(journal, until=FIRST + hour) == []
    assert told(journal, since=FIRST + 100 * hour) == []


def test_pages_follow_one_another_without_gap_or_repeat(journal: Journal) -> None:
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = history(journal, Wanted(after=after, limit=4))
        seen += [item["position"] for item in page["items"]]
        after = page["next"]
    assert seen == list(range(1, journal.position() + 1))


def test_an_event_that_fits_nothing_is_told_all_the_same(database: str) -> None:
    story = Story().tell("bond", paired("2026-03-01"))
    corrected = SessionVoided(session=named("gone"), reason="test", by="operator", occurred_on=DAY)
    story.tell("bond", corrected).tell("bond", held("one", "2026-03-10"))
    with story.written(database) as journal:
        items = history(journal, Wanted())["items"]
    assert [(item["fits"], item["sentence"]) for item in items[1:]] == [
        (False, "SessionVoided is recorded, and cannot be told here."),
        (False, items[2]["sentence"]),
    ]
