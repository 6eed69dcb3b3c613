"""A journal with one pair in it, its views made, on each engine; served from this process where that is enough."""

from collections.abc import Iterator

import pytest

from api.beside.follower import FollowerBeside
from api.beside.writer import WriterBeside
from domain.journal import Journal
from projections.views import Views
from tests.api.house import served
from tests.journal.asking import pair
from tests.support.serving import Server


@pytest.fixture
def paired(database: str) -> str:
    """Where it is."""
    with Journal.create(database) as journal:
        pair(journal)
        Views(journal).make_ready()
    return database


@pytest.fixture
def journal(paired: str) -> Iterator[Journal]:
    """The journal itself."""
    with Journal.open(paired) as journal:
        yield journal


@pytest.fixture
def server(journal: Journal) -> Iterator[Server]:
    """It, served from this process, with who writes and who follows beside it."""
    with served(journal, Views(journal), way=FollowerBeside, pen=WriterBeside) as address:
        yield Server(journal.id, int(address.rpartition(":")[2]))
