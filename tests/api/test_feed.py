"""The feed: everything that was recorded, once and in order, as pages and as a stream that can be taken up again."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import enumerate as threads
from typing import Any

import pytest

from api import feed
from api.identity import Identity
from domain.journal import Journal, Wish
from domain.participant import RegisterParticipant, SetCapacity
from projections.views import Views
from scripts.exporting import export_lines
from tests.api import house as h
from tests.api.house import House, served
from tests.support.scenes import named
from tests.support.streams import deaf, stream
from tests.support.waiting import until


def readers() -> int:
    """How many threads read the journal for the feed, of all servers in this process."""
    return [thread.name for thread in threads()].count("journal feed")


@pytest.fixture
def auditor(home: House) -> dict[str, str]:
    return home.bearer("auditor")


def exported(journal: Journal, capfd: pytest.CaptureFixture[str], *, personal: bool) -> list[dict[str, Any]]:
    capfd.readouterr()
    export_lines(journal, personal=personal)
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_pages_tell_what_an_export_tells(
    home: House, auditor: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    items, after = [], 0
    while after is not None:
        page = home.client.get("/v1/events", params={"after": after, "limit": 7}, headers=auditor).json()
        assert page["position"] == home.journal.position()
        items += page["items"]
        after = page["next"]
    assert items == exported(home.journal, capfd, personal=False)


def test_only_who_may_read_personal_text_is_sent_it(home: House, capfd: pytest.CaptureFixture[str]) -> None:
    everything = exported(home.journal, capfd, personal=True)
    asked = {"limit": 200}
    page = home.client.get("/v1/events", params=asked, headers=home.bearer("safeguarding")).json()
    assert page["items"] == everything[:200]
    with stream(home.address, home.bearer("safeguarding")) as coming:
        assert [came.data for came in coming.take(len(everything))] == everything
    for role in ("auditor", "administrator"):
        answer = home.client.get("/v1/events", params=asked, headers=home.bearer(role))
        assert "summary of a session" not in answer.text
        with stream(home.address, home.bearer(role)) as coming:
            assert "summary of a session" not in json.dumps([came.data for came in coming.take(len(everything))])


def test_a_stream_tells_what_was_and_then_what_comes(own: House, capfd: pytest.CaptureFixture[str]) -> None:
    before = own.journal.position()
    with stream(own.address, own.bearer("auditor")) as coming:
        was = coming.take(before)
        for number in range(3):
            own.record(SetCapacity(participant=h.MENTOR, max=number + 5))
            [came] = coming.take(1)
            assert (came.id, came.data["facts"]["max"]) == (before + number + 1, number + 5)
            was.append(came)
    assert [came.id for came in was] == list(range(1, before + 4))
    assert [came.data for came in was] == exported(own.journal, capfd, personal=False)


def test_a_stream_goes_on_after_the_last_event_that_was_taken(home: House, auditor: dict[str, str]) -> None:
    with stream(home.address, auditor, after=3) as coming:
        assert [came.id for came in coming.take(2)] == [4, 5]
    with stream(home.address, auditor, after=3, last=5) as coming:
        assert [came.id for came in coming.take(2)] == [6, 7]


def test_many_listeners_are_served_by_one_reading(own: House) -> None:
    before, quiet = own.journal.position(), readers()

    def listen(_: int) -> list[int]:
        with stream(own.address, own.bearer("auditor"), after=before) as coming:
            return [came.id for came in coming.take(20)]

    with ThreadPoolExecutor(12) as pool:
        listening = [pool.submit(listen, number) for number in range(12)]
        until(lambda: "journal_feed_listeners 12.0" in own.client.get("/metrics").text)
        for number in range(20):
            own.record(SetCapacity(participant=h.MENTOR, max=number + 5))
        assert [heard.result() for heard in listening] == [list(range(before + 1, before + 21))] * 12
    assert readers() == quiet


def test_a_stream_that_has_nothing_to_tell_says_that_it_is_there(
    home: House, auditor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.02)
    position = home.journal.position()
    with stream(home.address, auditor, after=position) as coming:
        assert coming.comment() == f": {position}"


def test_who_does_not_read_is_cut_off_and_misses_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feed, "WRITE_SECONDS", 0.2)
    with Journal.create(database) as journal, caplog.at_level("INFO", "journal.feed"):
        long = tuple(f"{number:04} {'x' * 190}" for number in range(600))
        for number in range(60):
            journal.record(Wish(RegisterParticipant(id=named(f"one {number}"), interests=long), h.OPERATOR))
        views = Views(journal)
        views.make_ready()
        with served(journal, views) as address:
            who = House(journal, address).bearer("auditor")
            with deaf(address, who):
                until(lambda: "cut off" in caplog.text)
            with stream(address, who) as coming:
                assert [came.id for came in coming.take(60)] == list(range(1, 61))


def test_whoever_has_seen_more_than_there_is_is_told_so(home: House, auditor: dict[str, str]) -> None:
    ahead = {"after": home.journal.position() + 1}
    for accept in ("application/json", "text/event-stream"):
        answer = home.client.get("/v1/events", params=ahead, headers={**auditor, "Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (409, "AHEAD")
        assert "was an older copy of it restored?" in answer.json()["detail"]


@pytest.mark.parametrize("last", ["", "-1", "one", "1.5", "9" * 16])
def test_a_last_event_id_that_is_no_position_is_refused(home: House, auditor: dict[str, str], last: str) -> None:
    headers = {**auditor, "Accept": "text/event-stream", "Last-Event-ID": last}
    answer = home.client.get("/v1/events", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")


def test_a_stream_ends_with_its_token(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.02)
    long_ago = datetime.now(UTC) - timedelta(hours=12, seconds=-2)
    token, _ = home.tokens.sign(Identity("auditor"), 12, now=long_ago)
    with stream(home.address, {"Authorization": f"Bearer {token}"}) as coming:
        assert [came.id for came in coming.rest()] == list(range(1, home.journal.position() + 1))


def test_no_more_listen_than_can_be_served(
    home: House, auditor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_LISTENERS", 1)
    until(lambda: "journal_feed_listeners 0.0" in home.client.get("/metrics").text)
    with stream(home.address, auditor) as coming:
        coming.take(1)
        answer = home.client.get("/v1/events", headers={**auditor, "Accept": "text/event-stream"})
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "FULL", "1")


def test_streams_end_when_the_server_stops(database: str) -> None:
    with Journal.create(database) as journal, ExitStack() as serving, ThreadPoolExecutor(1) as pool:
        journal.record(Wish(RegisterParticipant(id=h.MENTOR), h.OPERATOR))
        views = Views(journal)
        views.make_ready()
        address = serving.enter_context(served(journal, views))
        with stream(address, House(journal, address).bearer("auditor")) as coming:
            assert [came.id for came in coming.take(1)] == [1]
            ended = pool.submit(coming.rest)
            serving.close()
            assert ended.result(10) == []
