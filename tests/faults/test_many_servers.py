"""Several servers on one PostgreSQL, all busy with the same relationships: nothing is lost, doubled or overbooked."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from domain.journal import Journal
from domain.participant import RegisterParticipant
from projections.check import check
from projections.views import Views
from tests.journal.asking import START, ask, capacity, pair
from tests.support.scenes import named
from tests.support.serving import Heard, Load, Server, serving
from tests.support.waiting import until

PLACES = 5


def book(server: Server, number: int) -> Heard:
    """One more mentee for the same mentor, whose places are few."""
    body = {"mentor": named("ann"), "mentee": named(f"mentee {number}"), "starts_on": START.date().isoformat()}
    with server.client() as client:
        return client.ask("PUT", f"/v1/relationships/{named(f'bond {number}')}", body)


def busy(database: str, servers: int, wishes: int) -> None:
    """So many servers grant so many wishes about one relationship, and book one mentor."""
    with Journal.create(database) as journal, ExitStack() as stack, ThreadPoolExecutor(4 * servers) as pool:
        pair(journal)
        ask(journal, capacity("ann", PLACES))
        for number in range(8 * servers):
            ask(journal, RegisterParticipant(id=named(f"mentee {number}")))
        Views(journal).make_ready()
        before = journal.position()
        running = [stack.enter_context(serving(database)) for _ in range(servers)]
        with ExitStack() as loading:
            loads = [loading.enter_context(Load(server, f"load{n}", callers=4)) for n, server in enumerate(running)]
            booked = list(pool.map(book, running * 8, range(8 * servers)))
            until(lambda: sum(len(load.answered) for load in loads) >= wishes, 120)
        assert [load.failed + load.lost for load in loads] == [[]] * servers
        answered = [code for load in loads for code in load.answered]
        written = [entry.data()["code"] for entry in journal.entries(kinds=["MilestoneReached"])]
        assert (sorted(written), len(set(written))) == (sorted(answered), len(written))
        positions = [body["position"] for load in loads for body in load.answered.values()]
        assert len(set(positions)) == len(positions)

        granted = [heard for heard in booked if heard.status == 201]
        refused = {(heard.status, heard.body["code"]) for heard in booked if heard.status != 201}
        assert refused == {(409, "CAPACITY_FULL")}
        assert len(granted) == PLACES - 1
        assert journal.position() == before + len(written) + 2 * len(granted)
        assert list(journal.verify()) == []
        for server in running:
            with server.client() as client:
                shown = client.ask("GET", f"/v1/relationships/{named('bond')}?wait_for={journal.position()}")
            assert len(shown.body["data"]["milestones"]) == len(written)
        assert check(journal).equal


def test_servers_that_write_at_once_lose_double_and_overbook_nothing(postgres_url: str) -> None:
    busy(postgres_url, 3, 500)


@pytest.mark.long
def test_eight_servers_that_write_at_once_lose_double_and_overbook_nothing(postgres_url: str) -> None:
    busy(postgres_url, 8, 8000)
