"""`journal follow` as a process of its own: it keeps up, ends when told to, and outlives what happens around it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from domain.journal import Journal
from projections.check import check
from projections.generations import Generations
from projections.places import Files
from projections.rebuild import rebuild
from projections.views import Views
from tests.journal.asking import ask, begun, milestone, pair
from tests.support.restarting import restartable_postgres
from tests.support.scenes import named
from tests.support.serving import HOUSE, serving
from tests.support.waiting import until


class Following:
    """A follower that runs, and the lines that it has said since it began."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        self.process = process
        self.said: list[str] = []
        assert "following the journal" in process.stderr.readline()
        self._reading = Thread(target=self.said.extend, args=(process.stderr,))
        self._reading.start()

    def end(self, told: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(told)
        self._reading.join(20)
        return self.process.wait(20)

    def says(self, what: str) -> None:
        """Wait until the newest line begins so."""
        until(lambda: self.said and self.said[-1].startswith(what))


@contextmanager
def following(database: str) -> Iterator[Following]:
    command = [sys.executable, "-P", "-m", "scripts.cli", "follow", "--database", database]
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Following(process)
        finally:
            process.kill()


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    """A journal with two people and their views."""
    with begun(database) as made:
        yield made


def shown(journal: Journal) -> int:
    """How far the views are."""
    with Views(journal).read() as view:
        return view.position


def keeps_up(journal: Journal, code: str) -> None:
    """What is recorded now is soon seen."""
    ask(journal, milestone(code))
    until(lambda: shown(journal) == journal.position())


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_keeps_up_and_ends_without_a_word_when_it_is_told_to(journal: Journal, told: signal.Signals) -> None:
    with following(journal.database) as follower:
        keeps_up(journal, "first")
        keeps_up(journal, "second")
        assert (follower.end(told), follower.said) == (0, [])
    assert check(journal).equal


def test_a_rebuild_elsewhere_does_not_disturb_it(journal: Journal) -> None:
    with following(journal.database) as follower:
        keeps_up(journal, "before")
        for number in range(3):
            rebuild(journal)
            keeps_up(journal, f"after {number}".replace(" ", "-"))
        assert (follower.end(), follower.said) == (0, [])
    assert check(journal).equal


def test_views_that_are_missing_for_a_while_are_said_to_be_once(journal: Journal) -> None:
    place = Generations(journal).place
    with following(journal.database) as follower:
        if isinstance(place, Files):
            place.path(1).unlink()
        else:
            journal.point(journal.pointer(), None)
        ask(journal, milestone("unseen"))
        follower.says("The views stand still until it is mended: ")
        ask(journal, milestone("unseen-too"))
        rebuild(journal)
        follower.says("The views go on, and stand at position ")
        keeps_up(journal, "seen")
        assert (follower.end(), len(follower.said)) == (0, 2)
    assert check(journal).equal


def test_a_database_that_was_restarted_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_TEST_POSTGRES", raising=False)
    with restartable_postgres() as (database, machine), Journal.create(database) as journal:
        pair(journal)
        with following(database) as follower:
            keeps_up(journal, "before")
            machine.stop()
            follower.says("The views stand still until it is mended: ")
            machine.start()
            follower.says("The views go on, and stand at position ")
            keeps_up(journal, "after")
            assert (follower.end(), len(follower.said)) == (0, 2)
        assert check(journal).equal


@pytest.mark.parametrize("option", ["--follow", "--no-follow"])
def test_it_follows_beside_servers_that_follow_too_or_only_look(postgres_url: str, option: str) -> None:
    with Journal.create(postgres_url) as journal:
        pair(journal)
        path = f"/v1/relationships/{named('bond')}"
        servers = (serving(postgres_url, option), serving(postgres_url, option))
        with following(postgres_url) as follower, servers[0] as one, servers[1] as other:
            with one.client() as wishing, other.client() as asking:
                for number in range(20):
                    body = {"code": f"code-{number}"}
                    wished = wishing.ask("POST", f"{path}/milestones", body, f"key-{number}")
                    seen = asking.ask("GET", f"{path}?wait_for={wished.body['position']}")
                    assert len(seen.body["data"]["milestones"]) == number + 1
            assert (follower.end(), follower.said) == (0, [])
        assert check(journal).equal


def test_servers_that_only_look_show_nothing_new_until_somebody_follows(database: str) -> None:
    with Journal.create(database) as journal:
        pair(journal)
        Views(journal).make_ready()
        with serving(database, "--no-follow") as server, server.client() as client:
            position = ask(journal, milestone("first")).position
            assert client.ask("GET", "/readyz").body["lag"] == 1
            with following(database) as follower:
                shown = client.ask("GET", f"/v1/relationships/{named('bond')}?wait_for={position}")
                assert (shown.status, len(shown.body["data"]["milestones"])) == (200, 1)
                assert follower.end() == 0
