"""The writer in a process of its own: it answers as one here does, is started again when lost, and ends with us."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import pytest
import uvloop

from api.beside.writer import WriterBeside
from api.problems import Unforeseen
from api.writing import WriterHere
from domain.journal import Answer, Journal, Unreachable, Wish
from projections.check import check
from projections.views import Views
from tests.api.house import Pen, served
from tests.journal.asking import OPERATOR, begun, locked, milestone
from tests.support.fatal import Fatal
from tests.support.scenes import named
from tests.support.serving import Heard, Load, Server
from tests.support.waiting import until

BOND = f"/v1/relationships/{named('bond')}"
CAPACITY = f"/v1/participants/{named('ann')}/capacity"

T = TypeVar("T")


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    """A journal with two people and their views."""
    with begun(database) as made:
        yield made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Journal]:
    """The same on SQLite, for what is the same on either engine."""
    with begun(str(tmp_path / "journal.db")) as made:
        yield made


@contextmanager
def written(journal: Journal) -> Iterator[tuple[WriterBeside, Server]]:
    """A writer beside us, and the server that it writes for."""
    writer = WriterBeside(journal)
    with _served(journal, lambda _: writer) as server:
        yield writer, server


@contextmanager
def _served(journal: Journal, pen: Pen) -> Iterator[Server]:
    with served(journal, Views(journal), pen=pen) as address:
        yield Server(journal.id, int(address.rpartition(":")[2]))


def used(journal: Journal, use: Callable[[WriterBeside], Awaitable[T]], sizes: list[int] | None = None) -> T:
    """What comes of using a writer beside us, without a server, from its beginning to its end."""

    async def living() -> T:
        writer = WriterBeside(journal)
        await writer.start((sizes if sizes is not None else []).append)
        try:
            return await use(writer)
        finally:
            await writer.stop()

    return uvloop.run(living())


def milestones(journal: Journal) -> list[str]:
    return [entry.data()["code"] for entry in journal.entries(kinds=["MilestoneReached"])]


def pid(writer: WriterBeside) -> int:
    assert writer.process is not None
    return writer.process.pid


@contextmanager
def asking(server: Server, *wish: Any) -> Iterator[list[Heard]]:
    """Somebody asks this in a thread of their own, and is answered by the end of the block."""
    heard: list[Heard] = []

    def ask() -> None:
        with server.client() as client:
            heard.append(client.ask(*wish))

    thread = Thread(target=ask)
    thread.start()
    yield heard
    thread.join()


@pytest.mark.parametrize("pen", [WriterHere, WriterBeside])
def test_what_it_answers_is_what_one_here_answers(journal: Journal, pen: Pen) -> None:
    with _served(journal, pen) as server, server.client() as client, server.client("auditor") as auditor:
        granted = client.ask("POST", f"{BOND}/milestones", {"code": "talk"}, "once")
        assert granted.status == 200
        assert granted.headers["etag"] == '"2"'
        assert granted.body == {
            "id": named("bond"),
            "version": 2,
            "position": 5,
            "events": ["MilestoneReached"],
            "state": "active",
        }
        assert client.ask("POST", f"{BOND}/milestones", {"code": "talk"}, "once").body == granted.body
        refused = (
            client.ask("POST", f"{BOND}/milestones", {"code": "other"}, "once"),
            client.ask("POST", f"/v1/relationships/{named('none')}/milestones", {"code": "talk"}, "key"),
            auditor.ask("POST", f"{BOND}/milestones", {"code": "talk"}, "key"),
            client.ask("PUT", CAPACITY, {"max": 3, "occurred_on": "9999-12-31"}),
        )
        assert [(one.status, one.body["code"]) for one in refused] == [
            (422, "KEY_REUSED"),
            (404, "UNKNOWN"),
            (403, "FORBIDDEN"),
            (409, "FUTURE_DATE"),
        ]
        shown = client.ask("GET", f"{BOND}?wait_for=5")
        assert (shown.status, shown.body["position"]) == (200, 5)
        said = client.ask("GET", "/metrics").body.decode()
    assert 'journal_commands_total{command="ReachMilestone",outcome="recorded"} 2.0' in said
    assert "journal_batch_wishes_sum 5.0" in said
    assert milestones(journal) == ["talk"]


def test_one_that_is_killed_under_load_is_replaced_and_nobody_notices_but_the_log(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    with written(journal) as (writer, server), Load(server, "load") as load:
        for _ in range(3):
            lost, before = pid(writer), len(load.answered)
            until(lambda: len(load.answered) > before + 30)  # noqa: B023
            os.kill(lost, signal.SIGKILL)
            until(lambda: pid(writer) != lost)  # noqa: B023
        before = len(load.answered)
        until(lambda: len(load.answered) > before + 30)
    assert (load.failed, load.lost) == ([], [])
    assert sorted(milestones(journal)) == sorted(load.answered)
    assert list(journal.verify()) == []
    assert check(journal).equal
    said = [one.getMessage() for one in caplog.records if one.name == "journal.writer"]
    assert said == ["the process that writes ended (-9); it is started again"] * 3


def test_whoever_gave_no_key_is_told_to_ask_again_when_it_is_lost(here: Journal) -> None:
    with written(here) as (writer, server), server.client() as client:
        os.kill(pid(writer), signal.SIGSTOP)
        with (
            asking(server, "PUT", CAPACITY, {"max": 3}) as without,
            asking(server, "POST", f"{BOND}/milestones", {"code": "talk"}, "key") as with_key,
        ):
            until(lambda: len(writer._sent) == 2)
            os.kill(pid(writer), signal.SIGKILL)
        assert (without[0].status, without[0].body["code"], without[0].headers["retry-after"]) == (
            503,
            "UNREACHABLE",
            "1",
        )
        assert with_key[0].status == 200
        assert client.ask("PUT", CAPACITY, {"max": 3}).status == 200


def test_nobody_waits_without_end_for_one_that_says_nothing(
    here: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with written(here) as (writer, server), server.client() as client:
        os.kill(pid(writer), signal.SIGSTOP)
        with monkeypatch.context() as patched:
            patched.setattr("api.beside.writer._SILENT_SECONDS", 0.1)
            wish = ("POST", f"{BOND}/milestones", {"code": "talk"}, "key")
            heard = client.ask(*wish)
            assert (heard.status, heard.body["code"]) == (503, "UNREACHABLE")
        os.kill(pid(writer), signal.SIGCONT)
        assert client.ask(*wish).status == 200
        assert f"{pid(writer)}, which writes, says nothing; if it is killed, another is started" in caplog.messages
    assert milestones(here) == ["talk"]


def test_what_was_asked_is_answered_before_it_ends_and_nothing_after(journal: Journal) -> None:
    sizes: list[int] = []

    async def use(writer: WriterBeside) -> list[Answer]:
        with locked(journal):
            asked = [writer.record(Wish(milestone(f"code-{number}"), OPERATOR)) for number in range(1000)]
            stopping = asyncio.create_task(writer.stop())
            await asyncio.sleep(0)
        await stopping
        assert writer.process is not None
        assert writer.process.returncode == 0
        with pytest.raises(Unreachable, match="closed"):
            await writer.record(Wish(milestone("late"), OPERATOR))
        return [await answer for answer in asked]

    answers = used(journal, use, sizes)
    assert [answer.position for answer in answers] == list(range(5, 1005))
    assert (sum(sizes), max(sizes)) == (1000, 512)
    assert len(milestones(journal)) == 1000


@pytest.mark.parametrize("pen", [WriterHere, WriterBeside])
def test_a_server_ends_in_time_while_somebody_else_keeps_the_journal_locked(
    journal: Journal, pen: type[WriterHere | WriterBeside], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.service.PATIENT_SECONDS", 0.1)
    monkeypatch.setattr("api.beside.writer.ENDING_SECONDS", 0.1)
    writer, heard = pen(journal), list[Heard]()

    def ask(server: Server) -> None:
        with server.client() as client:
            heard.append(client.ask("POST", f"{BOND}/milestones", {"code": "talk"}, "key"))

    with locked(journal):
        with _served(journal, lambda _: writer) as server:
            asks = Thread(target=ask, args=(server,))
            asks.start()
            until(lambda: writer._sent if isinstance(writer, WriterBeside) else writer._waiting)
        asks.join()
    assert (heard[0].status, heard[0].body["code"]) == (503, "UNREACHABLE")


def test_nobody_waits_long_for_one_that_does_not_end(here: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(writer: WriterBeside) -> int | None:
        os.kill(pid(writer), signal.SIGSTOP)
        asked = writer.record(Wish(milestone("talk"), OPERATOR))
        await writer.stop()
        with pytest.raises(Unreachable):
            await asked
        assert writer.process is not None
        return writer.process.returncode

    monkeypatch.setattr("api.beside.writer.ENDING_SECONDS", 0.1)
    assert used(here, use) == -signal.SIGKILL


def test_it_leaves_what_asks_everybody_to_end_to_the_server(here: Journal) -> None:
    async def use(writer: WriterBeside) -> None:
        assert os.getpgid(pid(writer)) != os.getpgrp()
        for asked in (signal.SIGINT, signal.SIGTERM):
            os.kill(pid(writer), asked)
        assert (await writer.record(Wish(milestone("talk"), OPERATOR))).position == 5

    used(here, use)


def test_while_it_cannot_open_the_journal_everybody_is_told_why_and_then_it_goes_on(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    async def use(writer: WriterBeside) -> int:
        with pytest.raises(Unreachable):
            await writer.record(Wish(milestone("talk"), OPERATOR, "a key"))
        journal.database = place
        while True:
            try:
                return (await writer.record(Wish(milestone("talk"), OPERATOR, "a key"))).position
            except Unreachable:
                await asyncio.sleep(0.05)

    caplog.set_level(logging.WARNING)
    place, journal.database = journal.database, f"{journal.database}x"
    assert used(journal, use) == 5
    [said] = [one for one in caplog.messages if one.startswith("the process that writes cannot: ")]
    assert "x" in said


def test_where_no_process_can_be_started_everybody_is_told_and_then_it_goes_on(
    here: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(writer: WriterBeside) -> int:
        with pytest.raises(Unreachable, match="nowhere"):
            await writer.record(Wish(milestone("talk"), OPERATOR))
        patched.undo()
        return (await writer.record(Wish(milestone("talk"), OPERATOR))).position

    with monkeypatch.context() as patched:
        patched.setattr("sys.executable", "/nowhere/python")
        patched.setattr("api.beside.writer._FIRST_SECONDS", 0)
        assert used(here, use) == 5


def test_a_server_whose_writer_cannot_be_started_is_not_ready_until_it_can(
    here: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written(here) as (writer, server), server.client() as client:
        assert client.ask("GET", "/readyz").body["problem"] is None
        with monkeypatch.context() as patched:
            patched.setattr("sys.executable", "/nowhere/python")
            os.kill(pid(writer), signal.SIGKILL)
            until(lambda: "no process that writes can be started" in writer.trouble)
            ready = client.ask("GET", "/readyz")
            assert (ready.status, ready.body["problem"]) == (503, "NO_WRITER")
            assert "journal_writer_up 0.0" in client.ask("GET", "/metrics").body.decode()
        until(lambda: client.ask("GET", "/readyz").status == 200)
        assert client.ask("PUT", CAPACITY, {"max": 3}).status == 200


def test_one_that_is_started_anew_writes_into_no_other_file_than_its_server_reads(here: Journal) -> None:
    place, elsewhere = Path(here.database).parent, Path(here.database).parent.with_name("elsewhere")
    with written(here) as (writer, server), server.client() as client:
        assert client.ask("PUT", CAPACITY, {"max": 3}).status == 200
        place.rename(elsewhere)
        place.mkdir()
        with begun(here.database) as other:
            os.kill(pid(writer), signal.SIGKILL)
            until(lambda: "was moved, deleted or replaced" in writer.trouble)
            assert client.ask("PUT", CAPACITY, {"max": 4}).status == 503
            assert list(other.entries(kinds=["CapacitySet"])) == []
        place.rename(place.with_name("another"))
        elsewhere.rename(place)
        until(lambda: client.ask("GET", "/readyz").status == 200)
        assert client.ask("PUT", CAPACITY, {"max": 5}).status == 200
    assert [entry.data()["max"] for entry in here.entries(kinds=["CapacitySet"])] == [3, 5]


def test_a_server_whose_journal_is_taken_away_answers_nothing_more_until_it_is_back(
    here: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    place, elsewhere = Path(here.database), Path(here.database).with_name("elsewhere.db")
    with written(here) as (_, server), server.client() as client:
        assert client.ask("PUT", CAPACITY, {"max": 3}).status == 200
        place.rename(elsewhere)
        lost = client.ask("PUT", CAPACITY, {"max": 4})
        assert (lost.status, client.ask("GET", "/readyz").status) == (503, 503)
        elsewhere.rename(place)
        until(lambda: client.ask("GET", "/readyz").status == 200)
        assert client.ask("PUT", CAPACITY, {"max": 5}).status == 200
    assert [entry.data()["max"] for entry in here.entries(kinds=["CapacitySet"])] == [3, 5]
    assert sum("was moved, deleted or replaced" in said for said in caplog.messages) == 1


def test_a_wish_that_ends_the_process_is_asked_of_two_and_no_more(here: Journal) -> None:
    async def use(writer: WriterBeside) -> int:
        fatal = writer.record(Wish(Fatal(participant=named("ann"), way="exit"), OPERATOR, "fatal"))
        with pytest.raises(Unreachable, match="ask again"):
            await fatal
        return (await writer.record(Wish(milestone("talk"), OPERATOR))).position

    assert used(here, use) == 5


def test_of_what_nobody_foresaw_no_values_are_told(here: Journal) -> None:
    async def use(writer: WriterBeside) -> int:
        with pytest.raises(Unforeseen) as raised:
            await writer.record(Wish(Fatal(participant=named("ann"), way="a canary"), OPERATOR))
        assert str(raised.value).startswith("unexpected ValueError: fatal.py:")
        assert "canary" not in str(raised.value)
        return (await writer.record(Wish(milestone("talk"), OPERATOR))).position

    assert used(here, use) == 5


def test_a_wish_that_cannot_be_told_to_another_process_keeps_nobody_waiting(here: Journal) -> None:
    async def use(writer: WriterBeside) -> int:
        with pytest.raises(Unforeseen):
            await writer.record(Wish(milestone("talk"), OPERATOR, guard=lambda states: None))
        return (await writer.record(Wish(milestone("talk"), OPERATOR))).position

    assert used(here, use) == 5


def test_it_may_be_lost_in_the_moment_in_which_all_ends(here: Journal) -> None:
    async def use(writer: WriterBeside) -> None:
        os.kill(pid(writer), signal.SIGKILL)
        asked = writer.record(Wish(milestone("talk"), OPERATOR))
        await writer.stop()
        with pytest.raises(Unreachable):
            await asked

    used(here, use)
    assert milestones(here) == []
