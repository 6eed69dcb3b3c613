"""Whoever gets past the guards is found out: what was changed is named by its position and, if possible, column."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.journal import Connection, Journal, connect, tables
from tests.journal.asking import agreement, ask, capacity, milestone, pair, proposal
from tests.support.scenes import named


@contextmanager
def unguarded(journal: Journal) -> Iterator[Connection]:
    """Somebody takes the guards away, does as they like, and puts them back."""
    with connect(journal.database, role="login") as connection:
        if journal.engine == "sqlite":
            for guard in tables.SQLITE_GUARDS:
                connection.execute(f"DROP TRIGGER {guard}")
            yield connection
            for statement in tables.SQLITE_GUARDS.values():
                connection.execute(statement)
        else:
            connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
            yield connection
            connection.execute("ALTER TABLE events ENABLE TRIGGER USER")


@pytest.fixture
def told(journal: Journal) -> Journal:
    """Eight entries: 5 is ann's third, 8 the goal's second."""
    pair(journal)
    ask(journal, capacity("ann", 3))
    ask(journal, milestone("talk"))
    ask(journal, proposal("goal"))
    ask(journal, agreement("goal"))
    assert list(journal.verify()) == []
    return journal


UNKNOWN = "a value was changed that nothing else tells about"

CHANGES = {
    "actor = 'mallory'": UNKNOWN,
    "on_behalf_of = 'mallory'": UNKNOWN,
    "facts = '{\"max\":4}'": UNKNOWN,
    "commitment = hash": UNKNOWN,
    "facts = '{\"max\": 3}'": "facts: they are not in their canonical form",
    "facts = '{\"max\":'": "facts: they are no JSON",
    "facts = '{\"min\":3}'": "facts: they are not those of CapacitySet",
    "kind = 99": "kind: 99 is no kind of event",
    "version = 9": "version: 9 does not follow 2",
    "source = 'hearsay'": "source: there is no source hearsay",
    "recorded_at = recorded_at - 9": "recorded_at: it is before the entry that it follows",
    "occurred_on = '2026-02-30'": "occurred_on: it is no day",
    "commitment = '123'": "commitment: it has not the length of one",
}


def changed(journal: Journal, position: int, change: str) -> dict[int, str]:
    """What is found when this was changed at this position; afterwards it is as it was."""
    columns = ", ".join(tables.COLUMNS)
    back = ", ".join(f"{column} = ?" for column in tables.COLUMNS)
    with journal.connect() as connection:
        [before] = connection.execute(f"SELECT {columns} FROM events WHERE position = ?", (position,))
    with unguarded(journal) as connection:
        connection.execute(f"UPDATE events SET {change} WHERE position = ?", (position,))
    found = {finding.position: finding.what for finding in journal.verify()}
    with unguarded(journal) as connection:
        connection.execute(f"UPDATE events SET {back} WHERE position = ?", (*before, position))
    assert list(journal.verify()) == []
    return found


def test_a_changed_value_is_found_and_its_column_named_where_others_contradict_it(told: Journal) -> None:
    for change, reason in CHANGES.items():
        assert changed(told, 5, change) == {5: f"{reason}: the entry is not what its hash says"}, change


def test_every_entry_the_first_and_the_last_included_is_held_by_its_hash(told: Journal) -> None:
    for position in range(1, 9):
        assert changed(told, position, "role = 'auditor'").keys() == {position}


def test_a_day_that_contradicts_the_facts_is_named(told: Journal) -> None:
    assert changed(told, 6, "occurred_on = '2026-03-01'") == {
        6: "occurred_on: the facts say 2026-03-02: the entry is not what its hash says"
    }


def test_a_root_that_contradicts_its_stream_is_named(told: Journal) -> None:
    found = changed(told, 8, f"root = '{named('goal')}'")
    assert found[8].startswith("root: it was") or found[8].startswith("bucket")


def test_a_changed_hash_is_told_from_a_changed_entry(told: Journal) -> None:
    assert changed(told, 5, "hash = commitment") == {5: "hash: the hash was changed, the entry is right"}


def test_an_entry_in_the_wrong_bucket_would_be_scanned_by_the_wrong_worker(told: Journal) -> None:
    [(position, what)] = changed(told, 5, "bucket = (bucket + 1) % 64").items()
    assert (position, what[:7]) == (5, "bucket:")


def test_text_that_is_not_what_its_commitment_says_is_found(told: Journal) -> None:
    with unguarded(told) as connection:
        connection.execute("UPDATE personal SET envelope = replace(envelope, 'goal', 'coal')")
    assert list(told.verify()) == [(7, "personal: the text is not what its commitment says")] * 2


def test_text_that_was_slipped_in_is_found(told: Journal) -> None:
    with unguarded(told) as connection:
        connection.execute(
            """INSERT INTO personal (position, subject, envelope)
               SELECT 5, subject, envelope FROM personal WHERE position = 1"""
        )
    assert list(told.verify()) == [(5, "personal: the text is not what its commitment says")]


def test_a_missing_entry_is_a_gap_and_a_missing_tail_too(told: Journal) -> None:
    with unguarded(told) as connection:
        connection.execute("DELETE FROM events WHERE position IN (3, 4)")
    findings = list(told.verify())
    assert findings[0] == (3, "position: entries 3 to 4 are missing")
    assert findings[1].position == 5
    with unguarded(told) as connection:
        connection.execute("DELETE FROM events WHERE position = 8")
    assert list(told.verify(until=8))[-1] == (8, "position: entry 8 is missing")
