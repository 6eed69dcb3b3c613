"""Views are made again and swapped in under load: nobody is turned away, and no answer mixes the old and the new."""

from itertools import pairwise
from statistics import quantiles
from threading import Event, Thread

import pytest

from domain.journal import Journal
from projections.check import check
from projections.views import Views
from scripts.generate import generate
from tests.journal.asking import pair
from tests.support.deciding import on
from tests.support.scenes import named
from tests.support.serving import Client, Heard, Load, Server, serving
from tests.support.waiting import until

BOND = f"/v1/relationships/{named('bond')}"


class Readers:
    """Who look at one relationship and its mentor's dashboard all the time."""

    def __init__(self, server: Server) -> None:
        self.heard: list[tuple[Heard, Heard]] = []
        self._server = server
        self._stop = Event()
        self._thread = Thread(target=self._read)

    def __enter__(self) -> "Readers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        with self._server.client() as client:
            while not self._stop.is_set():
                asked = (client.ask("GET", BOND), client.ask("GET", f"/v1/mentors/{named('ann')}/dashboard"))
                self.heard.append(asked)


def made_again(client: Client, times: int) -> None:
    """The views are made again, so many times."""
    for _ in range(times):
        assert client.ask("POST", "/v1/rebuild").status == 202
        until(lambda: client.ask("GET", "/v1/rebuild").body["state"] != "running", 120)
        told = client.ask("GET", "/v1/rebuild").body
        assert (told["state"], told["detail"]) == ("done", "")


def judged(readers: Readers, load: Load, before: int) -> None:
    """Nobody was turned away, and every answer shows just what its position says."""
    assert (load.failed, load.lost) == ([], [])
    assert {heard.status for pair in readers.heard for heard in pair} == {200}
    for shown, _ in readers.heard:
        assert len(shown.body["data"]["milestones"]) == shown.body["position"] - before
    positions = [heard.body["position"] for pair in readers.heard for heard in pair]
    assert all(earlier <= later for earlier, later in pairwise(positions))
    assert {dashboard.body["data"]["load"]["places"] for _, dashboard in readers.heard} == {1}


def test_a_swap_under_load_turns_nobody_away_and_mixes_nothing(journal: Journal, server: Server) -> None:
    before = journal.position()
    with server.client() as client, Readers(server) as readers, Load(server, "load", callers=4) as load:
        made_again(client, 3)
        until(lambda: len(readers.heard) >= 20)
    judged(readers, load, before)
    assert check(journal).equal


@pytest.mark.long
def test_a_rebuild_of_a_long_journal_makes_nobody_wait(database: str) -> None:
    with Journal.create(database) as journal:
        generate(journal, events=300_000, years=2, until=on("2026-06-30"), seed=1)
        pair(journal)
        before = journal.position()
        Views(journal).make_ready()
        with serving(database) as server, server.client() as client, Readers(server) as readers:
            loads = []
            for name in ("quiet", "busy", "again"):  # the relationship grows, and with it what each wish takes
                with Load(server, name, callers=4) as load:
                    if name == "busy":
                        made_again(client, 2)
                    else:
                        until(lambda: len(load.answered) >= 2500, 120)
                loads.append(load)
        for load in loads:
            judged(readers, load, before)
        assert check(journal).equal
    slow, slower, again = (quantiles(load.seconds, n=100)[98] * 1000 for load in loads)
    print(f"p99 of a wish: {slow:.1f} ms in quiet, {slower:.1f} ms during a rebuild, {again:.1f} ms in quiet again")
    assert slower <= 2 * max(slow, again)
