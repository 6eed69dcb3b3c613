"""Reading by position: entries, scans, moments, and waiting for more."""

from datetime import timedelta
from threading import Thread

import pytest

from domain.journal import Journal, connect, reading
from domain.journal.entry import BUCKETS, bucket_of
from tests.journal.asking import ANN, START, Clock, ask, capacity, milestone, pair, proposal, register
from tests.support.scenes import named


@pytest.fixture
def told(journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Eight entries in as many minutes, read three at a time."""
    monkeypatch.setattr(reading, "_PAGE", 3)
    monkeypatch.setattr(reading, "_RANGE", 3)
    pair(journal)
    for number in range(3):
        clock.wait(minutes=1)
        ask(journal, milestone(f"code{number}"))
    clock.wait(minutes=1)
    ask(journal, proposal("talk"), ANN)
    return journal


def test_entries_are_read_by_position_in_both_directions(told: Journal) -> None:
    def positions(**asked: object) -> list[int]:
        return [entry.position for entry in told.entries(**asked)]  # type: ignore[arg-type]

    assert positions() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert positions(descending=True) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert positions(after=2, until=6) == [3, 4, 5, 6]
    assert positions(after=2, until=6, descending=True) == [6, 5, 4, 3]
    assert positions(limit=4) == [1, 2, 3, 4]
    assert positions(limit=4, descending=True) == [8, 7, 6, 5]
    assert positions(root=named("bond")) == [3, 5, 6, 7, 8]
    assert positions(root=named("bond"), limit=4, descending=True) == [8, 7, 6, 5]
    assert positions(root=named("talk")) == []
    assert positions(root=[named("ann"), named("ben")]) == [1, 2, 4]
    assert positions(root=[]) == []
    assert positions(actor="ann") == [8]
    assert positions(kinds=["Paired", "GoalProposed", "Closed"]) == [3, 8]
    assert positions(kinds=["MilestoneReached"], after=5, descending=True) == [7, 6]
    assert positions(until=0) == positions(after=8) == []


def test_a_scan_gives_the_declared_kinds_in_position_order(told: Journal) -> None:
    with told.connect() as connection:
        chunks = list(told.scan(connection, after=1, until=7, kinds=["Paired", "MilestoneReached"]))
        rows = [row for chunk in chunks for row in chunk]
        number = {kind: number for number, (kind, _) in told.kinds().items()}
        assert [row[4] for row in rows] == [3, 5, 6, 7]
        entry = next(told.entries(after=2))
        assert rows[0] == (named("bond"), number["Paired"], "2026-03-02", "live", 3, entry.facts)
        assert list(told.scan(connection, after=0, until=0, kinds=["Paired"])) == []
        assert [row for chunk in told.scan(connection, after=0, until=8, kinds=["Closed"]) for row in chunk] == []


def test_workers_share_a_scan_by_buckets(told: Journal) -> None:
    register(told, "cora", "dan", "eve", "finn")
    kinds = [kind for kind, _ in told.kinds().values()]
    with told.connect() as connection:
        parts = [
            [row for chunk in told.scan(connection, after=0, until=12, kinds=kinds, buckets=half) for row in chunk]
            for half in ((0, BUCKETS // 2), (BUCKETS // 2, BUCKETS))
        ]
    assert sorted(row[4] for part in parts for row in part) == list(range(1, 13))
    assert [{bucket_of(row[0]) >= BUCKETS // 2 for row in part} for part in parts] == [{False}, {True}]


def test_a_gap_is_not_read_over(told: Journal) -> None:
    with connect(told.database, role="login") as connection:
        for guard in ("events_not_deleted",) if told.engine == "sqlite" else ("events_only_grow ON events",):
            connection.execute(f"DROP TRIGGER {guard}")
        connection.execute("DELETE FROM events WHERE position = 5")
    with pytest.raises(reading.Gap, match="gap between 3 and 6"):
        list(told.entries())


def test_a_journal_that_was_made_with_an_index_of_all_roots_is_read_the_same(told: Journal) -> None:
    before = [list(told.entries(root=named(root))) for root in ("bond", "ann", "talk")]
    with connect(told.database, role="login") as connection:
        connection.execute("DROP INDEX events_root")
        connection.execute("CREATE INDEX events_root ON events (root, position)")
    assert [list(told.entries(root=named(root))) for root in ("bond", "ann", "talk")] == before


def test_a_moment_stands_for_the_position_recorded_by_then(told: Journal) -> None:
    minute = timedelta(minutes=1)
    moments = (START - minute, START, START + minute, START + 2.5 * minute, START + 9 * minute)
    assert [told.position_at(moment) for moment in moments] == [0, 1, 5, 6, 8]


def test_personal_text_is_read_by_position_as_far_as_it_is_still_there(told: Journal) -> None:
    assert told.personal(range(9)) == {
        1: {"profile": "I am ann."},
        2: {"profile": "I am ben."},
        8: {"title": "talk"},
    }
    with connect(told.database) as connection:
        connection.execute("DELETE FROM personal WHERE subject = ?", (named("ann"),))
    assert told.personal([1, 8]) == {8: {"title": "talk"}}
    assert list(told.verify()) == []


def test_whoever_waits_is_woken_by_this_process_and_by_another(journal: Journal, clock: Clock) -> None:
    register(journal, "ann")
    assert journal.wait_beyond(0, timeout=0)
    assert not journal.wait_beyond(1, timeout=0.01)
    with Journal.open(journal.database, clock) as other:
        for turn in (journal, other):
            position = journal.position()
            asking = Thread(target=ask, args=(turn, capacity("ann", position)))
            asking.start()
            assert journal.wait_beyond(position, timeout=60)
            asking.join()


def test_who_waits_is_let_go_when_the_journal_is_closed(journal: Journal) -> None:
    register(journal, "ann")
    waiting = Thread(target=journal.wait_beyond, args=(1, 600))
    waiting.start()
    journal.close()
    waiting.join(60)
    assert not waiting.is_alive()
