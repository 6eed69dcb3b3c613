"""The follower in a process of its own: it is told, it tells, it is missed when it is lost, and it ends with us."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import orjson
import pytest

from api.beside.follower import FollowerBeside
from domain.journal import Journal
from projections.check import check
from projections.follower import At
from projections.generations import Generations
from projections.rebuild import rebuild
from tests.journal.asking import ask, begun, milestone
from tests.support.serving import HOUSE, serving
from tests.support.waiting import until

_MANY = 1100


class Heard:
    """A follower beside us, and what we heard of it."""

    def __init__(self, journal: Journal) -> None:
        self.beside = FollowerBeside(journal)
        self.at: At | None = None
        self.stuck: list[str] = []
        self.stop = Event()
        self.thread = Thread(target=self.beside.follow, args=(self.stop.is_set, self._went, self._stuck))

    def _went(self, at: At) -> None:
        self.at = at

    def _stuck(self, problem: Exception) -> None:
        self.stuck.append(str(problem))

    @property
    def pid(self) -> int:
        assert self.beside.process is not None
        return self.beside.process.pid

    def reaches(self, position: int) -> None:
        """Wait until it has told of this position."""
        until(lambda: self.at and self.at.position == position)


@contextmanager
def followed(journal: Journal) -> Iterator[Heard]:
    heard = Heard(journal)
    heard.thread.start()
    try:
        yield heard
    finally:
        heard.stop.set()
        heard.thread.join()


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    """A journal with two people and their views."""
    with begun(database) as made:
        yield made


def test_it_tells_how_far_the_views_are_and_has_finished_when_it_ends(journal: Journal) -> None:
    with followed(journal) as heard:
        for number in range(5):
            heard.reaches(ask(journal, milestone(f"code-{number}")).position)
    assert heard.stuck == []
    assert heard.beside.process is not None
    assert heard.beside.process.returncode == 0
    assert check(journal).equal


def test_it_goes_on_with_a_new_generation(journal: Journal) -> None:
    with followed(journal) as heard:
        heard.reaches(journal.position())
        made = rebuild(journal)
        position = ask(journal, milestone("after")).position
        until(lambda: heard.at and heard.at[:2] == (made.generation, position))
    assert heard.stuck == []


def test_one_that_is_killed_is_missed_and_started_again(journal: Journal) -> None:
    with followed(journal) as heard:
        heard.reaches(journal.position())
        lost = heard.pid
        os.kill(lost, signal.SIGKILL)
        heard.reaches(ask(journal, milestone("after")).position)
        assert heard.pid != lost
    assert heard.stuck == ["the process that follows ended (-9); it is started again"]


def test_one_that_says_nothing_any_more_is_missed_until_it_does(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with followed(journal) as heard:
        heard.reaches(journal.position())
        os.kill(heard.pid, signal.SIGSTOP)
        monkeypatch.setattr("api.beside.follower._SILENT_SECONDS", 0.1)
        until(lambda: heard.stuck)
        os.kill(heard.pid, signal.SIGCONT)
        heard.reaches(ask(journal, milestone("after")).position)
    assert heard.stuck[0] == f"{heard.pid}, which follows, says nothing; if it is killed, another is started"


def test_nobody_waits_long_for_one_that_does_not_end(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.beside.child.ENDING_SECONDS", 0.1)
    with followed(journal) as heard:
        heard.reaches(journal.position())
        os.kill(heard.pid, signal.SIGSTOP)
    assert heard.beside.process is not None
    assert heard.beside.process.returncode == -signal.SIGKILL
    with followed(journal) as heard:
        heard.reaches(ask(journal, milestone("after")).position)


def test_it_leaves_what_asks_everybody_to_end_to_the_server(journal: Journal) -> None:
    with followed(journal) as heard:
        heard.reaches(journal.position())
        for asked in (signal.SIGINT, signal.SIGTERM):
            os.kill(heard.pid, asked)
        heard.reaches(ask(journal, milestone("after")).position)
    assert heard.stuck == []


def test_ctrl_c_does_not_reach_it_even_while_it_starts(journal: Journal) -> None:
    with followed(journal) as heard:
        until(lambda: heard.beside.process)
        assert os.getpgid(heard.pid) != os.getpgrp()
        heard.reaches(journal.position())


def test_it_is_heard_however_many_connections_a_server_has(journal: Journal) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MANY + 256, limits[1]))
    try:
        with ExitStack() as files:
            for _ in range(_MANY):
                files.callback(os.close, os.open(os.devnull, os.O_RDONLY))
            with followed(journal) as heard:
                heard.reaches(ask(journal, milestone("after")).position)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert heard.stuck == []


def test_what_is_in_its_way_is_told_and_that_it_is_gone(journal: Journal) -> None:
    with followed(journal) as heard:
        heard.reaches(journal.position())
        with Generations(journal).connect(1) as views:
            views.execute("UPDATE meta SET position = NULL")
            until(lambda: any("unexpected TypeError" in said for said in heard.stuck))
            views.execute("UPDATE meta SET position = ?", (journal.position(),))
        heard.reaches(ask(journal, milestone("after")).position)


def test_without_a_journal_it_says_why_and_ends() -> None:
    command = [sys.executable, "-P", "-m", "api.beside.follower"]
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    said = orjson.dumps("/nowhere/journal.db") + b"\n"
    ended = subprocess.run(command, input=said, env=environment, capture_output=True, check=True)
    assert orjson.loads(ended.stdout)["stuck"].startswith("there is no database at /nowhere/journal.db")
    assert ended.stderr == b""


def test_it_ends_with_a_server_that_is_killed(journal: Journal) -> None:
    with serving(journal.database) as server, server.client() as client:
        position = ask(journal, milestone("before")).position
        assert client.ask("GET", f"/v1/status?wait_for={position}").status == 200
        server.kill()
        until(server.has_left_nobody)
