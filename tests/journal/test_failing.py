"""When the database fails: no room, a lost connection, a lost answer. What was answered stays, and it goes on."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from domain.journal import Answer, Connection, Failure, Journal, NoRoom, Unreachable, Wish, connect, deciding
from domain.journal.appending import lock
from domain.participant import RegisterParticipant
from tests.journal.asking import (
    ANN,
    OPERATOR,
    Clock,
    ask,
    capacity,
    locked,
    milestone,
    pair,
    pairing,
    register,
    together,
)
from tests.support.disks import Disk
from tests.support.scenes import named

VERBOSE = tuple(f"{number:04} {'x' * 290}" for number in range(3000))


@pytest.fixture
def disk(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """The disk below the journal's writer."""
    disk = Disk(journal.database)
    monkeypatch.setattr(deciding, "connect", disk.connect)
    with disk.connection:
        yield disk


def test_without_room_it_says_so_and_nothing_is_half_written(journal: Journal, disk: Disk) -> None:
    register(journal, "ann", "ben")
    disk.only(0)
    large = RegisterParticipant(id=named("large"), interests=VERBOSE)
    with pytest.raises(NoRoom, match="there is no room left"):
        ask(journal, large, key="large")
    assert journal.position() == 2
    disk.only(10_000_000)
    assert ask(journal, large, key="large").position == 3
    assert ask(journal, pairing()).position == 5
    assert list(journal.verify()) == []


def test_who_needs_too_much_room_takes_none_from_the_others(journal: Journal, disk: Disk) -> None:
    register(journal, "ann", "ben")
    disk.only(500_000)
    wishes = (capacity("ann", 1), RegisterParticipant(id=named("large"), interests=VERBOSE), pairing())
    first, large, last = together(journal, *(Wish(wish, ANN) for wish in wishes))
    assert (first.result().version, last.result().events) == (2, ("Paired", "MentorSlotTaken"))
    with pytest.raises(NoRoom):
        large.result()
    assert journal.position() == 6
    disk.only(10_000_000)
    assert ask(journal, wishes[1]).position == 7
    assert list(journal.verify()) == []


def test_a_connection_that_was_lost_is_made_again(postgres_url: str, clock: Clock) -> None:
    with Journal.create(postgres_url, clock) as journal:
        pair(journal)
        for number in range(3):
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute(
                    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
                )
            answers = together(journal, *(Wish(milestone(f"code{number}.{act}"), OPERATOR) for act in range(3)))
            assert [len(answer.result().events) for answer in answers] == [1, 1, 1]
        assert [entry.kind for entry in journal.entries()].count("MilestoneReached") == 9
        assert list(journal.verify()) == []


class Loses:
    """A connection that is lost once: `when` it commits, before or after it is done."""

    def __init__(self, connection: Connection, when: str) -> None:
        self._connection = connection
        self._when = when

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def commit(self) -> None:
        """Commit, or not; the answer is lost in any case."""
        when, self._when = self._when, "never"
        if when == "before":
            self._connection.rollback()
        else:
            self._connection.commit()
        if when != "never":
            raise Unreachable("the line is dead")


@pytest.fixture
def losing(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the writer's next connection be lost when it commits."""

    def lose(when: str) -> None:
        left = [when]

        def connect_once(database: str) -> Any:
            return Loses(connect(database), left.pop() if left else "never")

        monkeypatch.setattr(deciding, "connect", connect_once)

    return lose


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_no_lost_commit_and_nothing_is_written_twice(
    database: str, clock: Clock, losing: Callable[[str], None], when: str
) -> None:
    with Journal.open(database, clock) as journal:
        losing(when)
        assert ask(journal, RegisterParticipant(id=named("ann"))) == Answer(
            named("ann"), 1, 1, ("ParticipantRegistered",), "registered", created=True
        )
        assert [entry.kind for entry in journal.entries()] == ["ParticipantRegistered"]
        assert ask(journal, capacity("ann", 4)).version == 2


def test_whoever_writes_for_too_long_is_not_waited_for(journal: Journal) -> None:
    with connect(journal.database) as connection, locked(journal):
        soon = "PRAGMA busy_timeout = 10" if journal.engine == "sqlite" else "SET lock_timeout = 10"
        connection.execute(soon)
        with pytest.raises(Unreachable, match="look for one that hangs"):
            lock(connection)
        connection.rollback()


def test_a_database_that_is_gone_is_reported_to_all_who_wait(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(database: str) -> Connection:
        raise Unreachable("nobody answers")

    monkeypatch.setattr(deciding, "connect", gone)
    futures = [journal.writer.submit(Wish(capacity("ann", number), ANN)) for number in range(3)]
    for future in futures:
        with pytest.raises(Unreachable, match="nobody answers"):
            future.result()
    monkeypatch.undo()
    register(journal, "ann")
    assert journal.position() == 1


def test_what_the_database_refuses_for_another_reason_is_told_too(journal: Journal) -> None:
    register(journal, "ann")
    with connect(journal.database, role="login") as connection:
        connection.execute("ALTER TABLE personal RENAME TO elsewhere")
    with pytest.raises(Failure):
        register(journal, "ben")
    assert ask(journal, capacity("ann", 1)).version == 2
    with connect(journal.database, role="login") as connection:
        connection.execute("ALTER TABLE elsewhere RENAME TO personal")
    register(journal, "ben")
    assert list(journal.verify()) == []


def test_a_journal_that_was_restored_below_the_writer_is_noticed(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("restored")
    with Journal.create(str(place / "journal.db")) as journal:
        register(journal, "ann", "ben")
        with connect(journal.database) as connection:
            for guard in ("events_not_deleted",):
                connection.execute(f"DROP TRIGGER {guard}")
            connection.execute("DELETE FROM events WHERE position = 2")
        assert ask(journal, RegisterParticipant(id=named("ben"))).created
        assert [entry.position for entry in journal.entries()] == [1, 2]
