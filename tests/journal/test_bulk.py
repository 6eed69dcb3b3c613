"""A whole history is written at once, as if the writer had written it."""

from collections.abc import Iterator

import pytest

from domain.journal import Conflict, Draft, Journal, moment
from domain.journal.entry import micros
from domain.journal.tables import INDEXES
from tests.journal.asking import START, agreement, ask, milestone, pair, proposal, session


def drafts(journal: Journal) -> Iterator[list[Draft]]:
    """What another journal holds, as drafts, three at a time."""
    entries = list(journal.entries())
    texts = journal.personal([entry.position for entry in entries])
    with journal.connect() as connection:
        concerning: dict[int, tuple[str, ...]] = {}
        for position, subject in connection.execute(
            "SELECT position, subject FROM personal ORDER BY position, subject"
        ):
            concerning[position] = (*concerning.get(position, ()), subject)
    made = [
        Draft(
            *(entry.root, entry.stream, entry.kind, entry.schema, *entry[6:15], entry.facts),
            texts.get(entry.position),
            entry.position.to_bytes(32),
            concerning.get(entry.position, ()),
        )
        for entry in entries
    ]
    yield from (made[start : start + 3] for start in range(0, len(made), 3))


@pytest.fixture
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A journal with a few acts, which were asked for one by one."""
    with Journal.create(str(tmp_path_factory.mktemp("told") / "journal.db"), lambda: START) as journal:
        pair(journal)
        ask(journal, session("session 1", summary="We met."))
        ask(journal, proposal("goal"))
        ask(journal, agreement("goal"))
        yield journal


def test_a_history_in_bulk_is_as_if_it_had_been_asked_for(journal: Journal, told: Journal) -> None:
    assert journal.append(drafts(told)) == 7
    asked, written = list(told.entries()), list(journal.entries())
    assert [entry[:16] for entry in written] == [entry[:16] for entry in asked]
    assert journal.personal(range(8)) == told.personal(range(8))
    assert list(journal.verify()) == []
    answer = ask(journal, milestone("talk"))
    assert (answer.version, answer.position) == (3, 8)
    assert journal.position_at(moment(written[-1].recorded_at)) == 7
    assert micros(moment(written[-1].recorded_at)) == written[-1].recorded_at


def test_equal_histories_give_equal_hashes_on_both_engines(journal: Journal, told: Journal) -> None:
    journal.append(drafts(told))
    with Journal.create(told.database + ".other") as other:
        other.append(drafts(told))
        assert other.hash_at(7) == journal.hash_at(7)


def test_only_an_empty_journal_takes_a_whole_history(journal: Journal, told: Journal) -> None:
    pair(journal)
    with pytest.raises(Conflict, match="has entries already"):
        journal.append(drafts(told))
    assert journal.position() == 4


def test_a_history_that_breaks_off_leaves_nothing(journal: Journal, told: Journal) -> None:
    def broken() -> Iterator[list[Draft]]:
        yield from drafts(told)
        raise RuntimeError("out of stories")

    with pytest.raises(RuntimeError):
        journal.append(broken())
    assert journal.position() == 0
    assert list(journal.verify()) == []
    assert journal.append(drafts(told)) == 7
    with journal.connect() as connection:
        catalog = "sqlite_master WHERE type = 'index'" if journal.engine == "sqlite" else "pg_indexes"
        column = "name" if journal.engine == "sqlite" else "indexname::text"
        there = {name for (name,) in connection.execute(f"SELECT {column} FROM {catalog}")}
    assert there >= INDEXES.keys()


def test_time_does_not_fall_in_a_whole_history(journal: Journal, told: Journal) -> None:
    chunks = list(drafts(told))
    with pytest.raises(ValueError, match="recorded before"):
        journal.append(reversed(chunks))
    assert journal.position() == 0
