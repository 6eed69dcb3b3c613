"""What one question was told of the views, another one at the same position is told again; and nothing older."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from domain.journal import Journal
from projections.follower import Follower
from projections.generations import Generations
from projections.rebuild import rebuild
from projections.views import Views
from tests.support.journals import chronicle, written
from tests.support.scenes import named
from tests.support.stories import registered

COUNTED = "SELECT count(*) FROM participants"


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with chronicle().story.written(database) as journal:
        rebuild(journal)
        yield journal


def counted(views: Views) -> int:
    with views.read() as view:
        [(count,)] = view.execute(COUNTED)
    return int(count)


def one_less(journal: Journal) -> None:
    """Take a participant out of the views behind everybody's back: only who asks them again can tell."""
    with Generations(journal).connect(1) as connection, connection.transaction(write=True):
        connection.execute("DELETE FROM participants WHERE id = (SELECT min(id) FROM participants)")


def one_more(journal: Journal, name: str) -> None:
    written(journal, chronicle().story.tell(name, registered(name)).drafts[-1:])


def test_at_one_position_the_views_are_asked_the_same_once(journal: Journal) -> None:
    views = Views(journal)
    before = counted(views)
    one_less(journal)
    assert counted(views) == before
    assert counted(Views(journal)) == before - 1


def test_what_was_told_at_a_position_is_not_told_at_the_next_one(journal: Journal) -> None:
    views = Views(journal)
    before = counted(views)
    one_more(journal, "late")
    assert counted(views) == before
    views.catch_up()
    assert counted(views) == before + 1


def test_what_was_told_of_a_generation_is_not_told_of_the_one_that_takes_its_place(journal: Journal) -> None:
    one_less(journal)
    views = Views(journal)
    before = counted(views)
    rebuild(journal)
    assert counted(views) == before + 1


def test_while_a_root_is_frozen_nothing_is_told_twice_since_it_heals_where_it_stands(journal: Journal) -> None:
    views = Views(journal)
    with Generations(journal).connect(1) as connection:
        frozen = (named(chronicle().bonds[0].name), "relationship", 1, "it was said so")
        connection.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", frozen)
    before = counted(views)
    one_less(journal)
    assert counted(views) == before - 1
    assert Follower(journal).retry().retried
    one_less(journal)
    assert counted(views) == before - 2


def test_many_who_ask_while_the_views_move_are_each_told_of_their_own_position(journal: Journal) -> None:
    views, done = Views(journal), Event()
    problems: list[tuple[int, int]] = []
    seen: set[int] = set()

    def ask() -> None:
        while not done.is_set():
            with views.read() as view:
                [(position,)] = view.execute("SELECT position FROM meta")
                seen.add(view.position)
                if position != view.position:
                    problems.append((position, view.position))

    readers = [Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    follower = Follower(journal)
    for n in range(60):
        one_more(journal, f"late {n}")
        follower.catch_up()
    done.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(seen) > 10
