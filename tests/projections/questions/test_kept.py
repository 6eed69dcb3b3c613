"""Answers that are kept never outlive what they were made of: asked again, they are as if asked for the first time."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.journal import Journal
from domain.participant.events import CapacitySet
from projections.follower import Follower
from projections.kept import Kept
from projections.questions import Asked, of_mentor, of_scope
from projections.rebuild import Plan, rebuild
from projections.views import Views
from tests.support.chronicles import CHRONICLES, MENTORS, Chronicle
from tests.support.deciding import on
from tests.support.journals import chronicle, written
from tests.support.scenes import named
from tests.support.stories import Story, held, paired, registered

FRAME = 11
"""So many events register everyone and frame the programs."""
SCOPES = ((None, None), ("spring", None), ("fall", None), ("spring", "t1"))


def story() -> Story:
    told = Story().tell("ann", registered("ann")).tell("ben", registered("ben"))
    return told.tell("bond", paired("2026-01-02")).tell("bond", held("first", "2026-01-10"))


def answers(journal: Journal, views: Views) -> list[Any]:
    """Every dashboard there is."""
    asked = Asked(on("2026-01-01"))
    with views.read() as view:
        scopes = [of_scope(journal, view, program=program, term=term, asked=asked) for program, term in SCOPES]
        people = [of_mentor(journal, view, mentor, asked=asked) for mentor in MENTORS]
    return [(answer["position"], answer["frozen"], answer["data"]) for answer in scopes + people]


def grown(database: str, chronicle: Chronicle, steps: list[int]) -> None:
    """The same views are asked again and again while the journal grows by so many events each time."""
    drafts = chronicle.story.drafts
    with Journal.create(database) as journal:
        views, done = Views(journal), FRAME
        written(journal, drafts[:FRAME])
        views.make_ready()
        for step in (*steps, len(drafts)):
            some = drafts[done : done + step]
            done += len(some)
            if some:
                written(journal, some)
            views.catch_up()
            assert answers(journal, views) == answers(journal, Views(journal))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chronicle=CHRONICLES, steps=st.lists(st.integers(0, 5), max_size=8))
def test_what_was_kept_is_what_would_be_answered_now(chronicle: Chronicle, steps: list[int]) -> None:
    with TemporaryDirectory() as folder:
        grown(str(Path(folder) / "journal.db"), chronicle, steps)


def test_what_was_kept_is_what_would_be_answered_now_on_either_engine(database: str) -> None:
    grown(database, chronicle(), [1, 0, 2, 3, 5, 8, 13, 21, 34])


def test_an_answer_to_an_unchanged_question_is_not_made_again(database: str) -> None:
    with chronicle().story.written(database) as journal:
        views = Views(journal)
        views.make_ready()
        for first, second in zip(answers(journal, views), answers(journal, views), strict=True):
            assert first[2] is second[2]
        rebuild(journal, planned=Plan(None, "it is asked for"))
        for first, second in zip(answers(journal, views), answers(journal, Views(journal)), strict=True):
            assert first == second


def test_a_record_that_heals_is_seen_though_nothing_was_recorded(database: str) -> None:
    """It was frozen by mistake, and others went on meanwhile."""
    with story().written(database) as journal:
        rebuild(journal)
        views, follower = Views(journal), Follower(journal)
        with follower.generations.writing() as (connection, _):
            connection.execute(
                "INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)",
                (named("bond"), "relationship", 4, "a fold that was wrong"),
            )
        more = story().tell("bond", held("second", "2026-02-01"))
        written(journal, more.tell("ann", CapacitySet(max=5, occurred_on=on("2026-02-02"))).drafts[-2:])
        follower.catch_up()
        assert sessions_of_ann(journal, views) == 1
        assert follower.retry().retried == [named("bond")]
        assert sessions_of_ann(journal, views) == 2


def sessions_of_ann(journal: Journal, views: Views) -> int:
    with views.read() as view:
        counted: int = of_mentor(journal, view, named("ann"))["data"]["sessions"]["count"]
    return counted


def test_only_so_many_are_kept_and_what_was_not_asked_for_goes_first() -> None:
    kept, made = Kept(2), []

    def ask(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    assert [ask(key) for key in ("a", "b", "a", "c", "a", "b")] == ["a", "b", "a", "c", "a", "b"]
    assert made == ["a", "b", "c", "b"]


def test_a_question_that_fails_is_asked_again() -> None:
    kept = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 1) == 1
