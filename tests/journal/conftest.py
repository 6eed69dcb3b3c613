"""A journal on each engine, with a clock that stands still."""

from collections.abc import Iterator

import pytest

from domain.journal import Journal
from tests.journal.asking import Clock


@pytest.fixture
def clock() -> Clock:
    """The time, which the test lets pass."""
    return Clock()


@pytest.fixture
def journal(database: str, clock: Clock) -> Iterator[Journal]:
    """A new journal."""
    with Journal.create(database, clock) as journal:
        yield journal
