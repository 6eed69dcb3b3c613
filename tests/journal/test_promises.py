"""What the journal promises, on both engines: no gaps, all or nothing, durable, safe to repeat, one journal."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

from domain.journal import Answer, Caller, Failure, Journal, Unreachable, Wish, connect
from domain.journal.appending import check_durable
from domain.journal.database import Row
from domain.journal.sqlite import SqliteConnection
from domain.journal.wishes import REMEMBERED_DAYS, forget_old, recall_answers
from domain.refusals import Refusal, Refused, Stale
from tests.journal.asking import (
    ANN,
    OPERATOR,
    Clock,
    agreement,
    ask,
    capacity,
    closing,
    locked,
    milestone,
    pair,
    pairing,
    proposal,
    register,
    session,
)
from tests.support.scenes import named

WRITERS, ACTS = 4, 60


# gapless


def test_a_reader_never_skips_a_position_while_many_write(journal: Journal, clock: Clock) -> None:
    pair(journal)
    done = Event()

    def write(number: int) -> None:
        with Journal.open(journal.database, clock) as own:
            for act in range(ACTS):
                ask(own, milestone(f"code{number}.{act}"))

    def read() -> list[int]:
        seen: list[int] = []
        while not done.is_set() or len(seen) < journal.position():
            seen += [entry.position for entry in journal.entries(after=len(seen))]
            assert seen == list(range(1, len(seen) + 1))
        return seen

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        reading = threads.submit(read)
        try:
            list(threads.map(write, range(WRITERS)))
        finally:
            done.set()
        assert len(reading.result()) == 4 + WRITERS * ACTS
    assert list(journal.verify()) == []


def test_a_writer_waits_for_a_transaction_that_is_held_open_and_nobody_skips_it(journal: Journal, clock: Clock) -> None:
    """A slow transaction takes position 5 first; who comes later must not be seen at 6 before it."""
    pair(journal)
    with journal.recorder.subscribe(gt=4) as subscription, Journal.open(journal.database, clock) as other:
        with locked(journal):
            waiting = other.writer.submit(Wish(milestone("later"), OPERATOR))
            while not waiting.running():
                pass
            assert [journal.position(), waiting.done()] == [4, False]
        ask(journal, milestone("sooner"))
        waiting.result()
        assert [next(subscription).id, next(subscription).id] == [5, 6]
    assert [entry.position for entry in journal.entries()] == [1, 2, 3, 4, 5, 6]


# all or nothing


def test_a_command_over_several_streams_is_written_whole_or_not_at_all(journal: Journal) -> None:
    register(journal, "ann", "ben")
    ask(journal, capacity("ann", 0))
    with pytest.raises(Refused, match="CAPACITY_FULL"):
        ask(journal, pairing())
    assert journal.position() == 3
    ask(journal, capacity("ann", 1))
    ask(journal, pairing())
    ask(journal, proposal("talk"))
    ask(journal, agreement("talk"))
    answer = ask(journal, closing())
    act = list(journal.entries(after=8))
    assert [(entry.kind, entry.stream) for entry in act] == [
        ("Closed", named("bond")),
        ("MentorSlotReleased", named("ann")),
        ("GoalParked", named("talk")),
    ]
    assert len({entry.recorded_at for entry in act}) == 1
    assert answer.position == journal.position() == 11
    assert journal.position_at(act[0].recorded) == 11


# durable


def test_what_is_answered_is_on_the_disk(journal: Journal) -> None:
    with connect(journal.database) as connection:
        check_durable(connection)
        if journal.engine == "sqlite":
            connection.execute("PRAGMA synchronous = NORMAL")
            with pytest.raises(Failure, match=r"synchronous is 1, but they must be wal and 2 \(FULL\)"):
                check_durable(connection)
        else:
            connection.execute("SET synchronous_commit = off")
            with pytest.raises(Failure, match="synchronous_commit is off on this server"):
                check_durable(connection)


def test_a_server_that_answers_before_it_has_written_is_refused(postgres_url: str) -> None:
    Journal.create(postgres_url).close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        try:
            with pytest.raises(Failure, match="would not be durable"):
                Journal.open(postgres_url)
        finally:
            connection.execute("ALTER ROLE CURRENT_USER RESET synchronous_commit")


# idempotent


def test_of_50_equal_wishes_one_is_written_and_all_get_the_same_answer(journal: Journal, clock: Clock) -> None:
    pair(journal)
    with Journal.open(journal.database, clock) as other, ThreadPoolExecutor(50) as threads:
        wish = Wish(session("session 1"), ANN, key="once")
        answers = set(threads.map(lambda number: (journal, other)[number % 2].record(wish), range(50)))
    assert answers == {Answer(named("bond"), 2, 5, ("SessionHeld",), "active", created=False)}
    assert journal.position() == 5


def test_a_repeated_wish_gets_its_first_answer_whatever_happened_since(journal: Journal, clock: Clock) -> None:
    register(journal, "ann", "ben")
    first = ask(journal, pairing(), key="pair", if_match=0)
    ask(journal, milestone("talk"))
    clock.wait(days=REMEMBERED_DAYS - 1)
    with Journal.open(journal.database, clock) as later:
        assert ask(later, pairing(), key="pair", if_match=0) == first
    assert first.created
    assert journal.position() == 5


def test_a_key_stands_for_one_wish_of_one_caller(journal: Journal) -> None:
    pair(journal)
    ask(journal, milestone("talk"), key="key")
    for other in (milestone("walk"), capacity("ann", 4)):
        with pytest.raises(Refused) as refused:
            ask(journal, other, key="key", if_match=99)
        assert refused.value.code == Refusal.KEY_REUSED
    for_ben = Caller(OPERATOR.actor, OPERATOR.role, OPERATOR.via, on_behalf_of=named("ben"))
    with pytest.raises(Refused, match="KEY_REUSED"):
        ask(journal, milestone("talk"), for_ben, key="key")
    assert ask(journal, milestone("walk"), ANN, key="key").position == 6


def test_a_refusal_is_not_remembered_and_a_wish_that_wrote_nothing_is(journal: Journal) -> None:
    pair(journal)
    with pytest.raises(Stale):
        ask(journal, milestone("talk"), key="later", if_match=9)
    assert ask(journal, milestone("talk"), key="later").events == ("MilestoneReached",)
    nothing = ask(journal, milestone("talk"), key="again")
    ask(journal, milestone("walk"))
    assert nothing.events == ()
    assert ask(journal, milestone("talk"), key="again") == nothing
    with journal.connect() as connection:
        kept = connection.execute("SELECT key, first_position, last_position FROM commands ORDER BY key")
    assert kept == [("again", None, None), ("later", 5, 5)]


def test_a_key_is_forgotten_after_30_days(journal: Journal, clock: Clock) -> None:
    pair(journal)
    for key in ("old", "older"):
        ask(journal, milestone("talk"), key=key)
    clock.wait(days=REMEMBERED_DAYS, minutes=1)
    assert ask(journal, milestone("walk"), key="old").events == ("MilestoneReached",)
    with journal.connect() as connection:
        assert connection.execute("SELECT key FROM commands") == [("old",)]


def test_however_much_is_remembered_nobody_looks_through_all_of_it(tmp_path: Path) -> None:
    journal = Journal.create(str(tmp_path / "journal.db"))
    connection = Explaining(journal.database)
    with journal, connection:
        pair(journal)
        ask(journal, milestone("talk"), ANN, key="old")
        ask(journal, milestone("walk"), ANN, key="new")
        [last] = connection.execute("SELECT max(answered_at) FROM commands")[0]
        connection.plans.clear()
        found = recall_answers(connection, [(ANN.actor, key) for key in ("new", "none")], last)
        forget_old(connection, last)
        assert [key for _, key in found] == ["new"]
        assert [plan for plan in connection.plans if "commands" in plan and "SEARCH" not in plan] == []
        assert sum("SEARCH commands" in plan for plan in connection.plans) == 3


class Explaining(SqliteConnection):
    """Notes how SQLite goes about what it is asked."""

    def __init__(self, path: str) -> None:
        self.plans: list[str] = []
        super().__init__(path)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        self.plans += [plan for *_, plan in super().execute(f"EXPLAIN QUERY PLAN {sql}", params)]
        return super().execute(sql, params)


def test_a_body_is_recognized_by_a_secret_hash_only(journal: Journal) -> None:
    pair(journal)
    ask(journal, session("session 1", summary="We spoke of her illness."), key="key")
    with journal.connect() as connection:
        [(row, answer)] = connection.execute("SELECT fingerprint, answer FROM commands")
    assert len(row) == 32
    assert "illness" not in answer


# one journal


def test_each_journal_has_an_id_of_its_own(journal: Journal, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Journal.create(str(tmp_path_factory.mktemp("other") / "journal.db")) as other:
        assert (journal.schema, journal.epoch) == (other.schema, other.epoch) == (1, 1)
        assert journal.id != other.id


def test_the_hash_at_a_position_stands_for_all_before_it(journal: Journal) -> None:
    pair(journal)
    hashes = [journal.hash_at(position) for position in range(5)]
    assert hashes == [bytes(32), *(entry.hash for entry in journal.entries())]
    with pytest.raises(Unreachable, match="no position 5"):
        journal.hash_at(5)


def test_the_pointer_is_moved_by_whoever_saw_it_last(journal: Journal) -> None:
    assert journal.pointer() is None
    assert journal.point(None, "0001")
    assert not journal.point(None, "0002")
    assert journal.point("0001", "0002")
    assert journal.pointer() == "0002"
