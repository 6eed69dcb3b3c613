"""A running server tells how it stands, counts what it does, names every request, and makes its views again."""

import json
import logging
import os
import re
import signal
from collections.abc import Iterator
from io import StringIO
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import logs
from api.rebuilding import Rebuilding
from domain.journal import Journal, connect
from domain.participant import SetCapacity
from projections.follower import Looker
from projections.generations import Generations
from projections.places import Files
from projections.rebuild import Plan, rebuild
from projections.views import Views
from tests.api import house as h
from tests.api.house import House, house
from tests.support.journals import written
from tests.support.scenes import named
from tests.support.stories import Story, registered
from tests.support.waiting import until

SECRET = "nobody else is to read this"


@pytest.fixture
def served_on(database: str) -> Iterator[House]:
    """A served journal on each engine."""
    with house(database) as built:
        yield built


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the server says."""
    said, root = StringIO(), logging.getLogger("journal")
    before = root.handlers, root.level
    handler = logging.StreamHandler(said)
    handler.setFormatter(logs.Lines())
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    yield said
    root.handlers, level = before
    root.setLevel(level)


def figures(home: House) -> dict[tuple[str, ...], float]:
    """Every figure by its name and the values of its labels."""
    text = home.client.get("/metrics").text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def lose(journal: Journal) -> None:
    """The current generation of views is gone."""
    generations = Generations(journal)
    number = generations.current()
    assert number is not None
    if isinstance(generations.place, Files):
        generations.place.path(number).unlink()
    else:
        with connect(journal.database, role="login") as connection:
            connection.execute(f"DROP SCHEMA v{number:04d} CASCADE")


def test_a_server_is_ready_once_questions_are_answered(served_on: House) -> None:
    last = served_on.journal.position()
    answer = served_on.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ready",
            "position": last,
            "views": last,
            "lag": 0,
            "generation": 1,
            "frozen": 0,
            "problem": None,
        },
    )


def test_without_views_it_is_not_ready_and_an_administrator_makes_them_again(served_on: House) -> None:
    who = served_on.bearer("administrator")
    lose(served_on.journal)
    answer = served_on.client.get("/readyz")
    assert (answer.status_code, answer.json()["problem"], answer.headers["retry-after"]) == (503, "NO_VIEWS", "1")
    asked = served_on.client.get("/v1/relationships", headers=who)
    assert (asked.status_code, asked.json()["code"], asked.headers["retry-after"]) == (503, "NO_VIEWS", "1")
    assert figures(served_on)["journal_views_usable",] == 0
    granted = served_on.wish("PUT", f"/v1/participants/{h.MENTOR}/capacity", who, {"max": 7})
    assert granted.json()["events"] == ["CapacitySet"]

    begun = served_on.client.post("/v1/rebuild", headers=who)
    assert (begun.status_code, begun.headers["location"]) == (202, "/v1/rebuild")
    until(lambda: served_on.client.get("/v1/rebuild", headers=who).json()["state"] != "running")
    last = served_on.journal.position()
    told = served_on.client.get("/v1/rebuild", headers=who).json()
    assert (told["state"], told["done"], told["total"], told["position"], told["generation"], told["detail"]) == (
        "done",
        last,
        last,
        last,
        2,
        "",
    )
    assert served_on.ask("/v1/relationships", who).json()["position"] == last
    assert served_on.client.get("/readyz").json()["generation"] == 2


def test_one_rebuild_runs_at_a_time(own: House) -> None:
    who = own.bearer("administrator")
    first, second = (own.client.post("/v1/rebuild", headers=who).json() for _ in range(2))
    assert (first["state"], second["state"]) == ("running", "running")
    assert first["began_at"] == second["began_at"]
    until(lambda: own.client.get("/v1/rebuild", headers=who).json()["state"] == "done")
    assert Generations(own.journal).current() == 2


def test_a_rebuild_that_fails_says_why_and_changes_nothing(own: House) -> None:
    who = own.bearer("administrator")
    spoilt = Story().tell("dot", registered("dot")).drafts[-1]
    written(own.journal, [spoilt._replace(kind="CapacitySet", facts=b'{"max":1}', recorded_at=2**51)])
    until(lambda: own.client.get("/readyz").json()["frozen"] == 1)
    own.client.post("/v1/rebuild", headers=who)
    until(lambda: own.client.get("/v1/rebuild", headers=who).json()["state"] == "failed")
    detail = own.client.get("/v1/rebuild", headers=who).json()["detail"]
    assert f"cannot be folded into participant {named('dot')}" in detail
    assert figures(own)["journal_views_frozen_roots",] == 1
    assert own.client.get("/readyz").json()["generation"] == 1
    own.client.post("/v1/rebuild", headers=who, json={"accept": True})
    until(lambda: own.client.get("/readyz").json()["generation"] == 2)
    assert own.client.get("/readyz").json()["frozen"] == 1


def test_a_rebuild_that_cannot_be_started_may_be_asked_for_again(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuilding = Rebuilding(own.journal)
    with monkeypatch.context() as patched:
        patched.setattr("multiprocessing.util.spawnv_passfds", _nobody)
        with pytest.raises(OSError, match="too many"):
            rebuilding.begin(accept=False)
        assert rebuilding.told.state == "none"
    assert rebuilding.begin(accept=False)
    until(lambda: rebuilding.told.state == "done")


def _nobody(*_: object) -> int:
    raise OSError("too many")


def test_nobody_waits_long_for_a_rebuild_that_does_not_end(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.rebuilding.ENDING_SECONDS", 0.1)
    rebuilding = Rebuilding(own.journal)
    assert rebuilding.begin(accept=False)
    [process] = [one for one in active_children() if one.name == "journal rebuild"]
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    rebuilding.stop()
    assert rebuilding.told.state == "failed"


@pytest.mark.parametrize(("body", "status"), [({"accept": "yes"}, 422), ({"more": 1}, 422), ([], 400)])
def test_a_rebuild_is_asked_for_in_so_many_words(home: House, body: Any, status: int) -> None:
    assert home.client.post("/v1/rebuild", headers=home.bearer("administrator"), json=body).status_code == status
    assert home.client.get("/v1/rebuild", headers=home.bearer("administrator")).json()["state"] == "none"


def test_what_is_done_is_counted_by_its_kind(own: House) -> None:
    who = own.bearer("administrator")
    path = f"/v1/participants/{h.MENTOR}/capacity"
    for most in (7, 7, 0):
        own.wish("PUT", path, who, {"max": most})
    own.wish("PUT", f"/v1/participants/{h.NOBODY}/capacity", who, {"max": 7})
    own.ask("/v1/relationships", who)
    found = figures(own)
    assert found["journal_commands_total", "SetCapacity", "recorded"] >= 1
    assert found["journal_commands_total", "SetCapacity", "unchanged"] == 1
    assert found["journal_commands_total", "SetCapacity", "refused"] == found["journal_refusals_total", "UNKNOWN"] == 1
    assert found["journal_http_requests_total", "PUT", "/v1/participants/{id}/capacity", "200"] >= 2
    assert found["journal_http_requests_total", "GET", "/v1/relationships", "200"] == 1
    assert found["journal_http_request_seconds_count", "GET", "/v1/relationships"] == 1
    assert found["journal_batch_wishes_count",] >= 3
    assert found["journal_position",] == found["journal_views_position",] == own.journal.position()
    until(lambda: figures(own)["journal_views_lag_seconds_count",] >= 1)


def test_nobody_is_named_in_the_figures(home: House) -> None:
    home.ask(f"/v1/participants/{h.MENTOR}", home.bearer("auditor"))
    home.client.get(f"/v1/nothing/{h.MENTOR}")
    text = home.client.get("/metrics").text
    assert h.MENTOR not in text
    assert 'journal_http_requests_total{method="GET",route="none",status="404"}' in text


def test_a_request_keeps_the_id_that_it_came_with(home: House, log: StringIO) -> None:
    answer = home.client.get("/healthz", headers={"X-Request-Id": "from-the-proxy.1"})
    assert answer.headers["x-request-id"] == "from-the-proxy.1"
    until(lambda: "from-the-proxy.1" in log.getvalue())
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    [line] = [line for line in told if line["request"] == "from-the-proxy.1"]
    assert {name: line[name] for name in ("level", "log", "method", "path", "status")} == {
        "level": "info",
        "log": "journal.request",
        "method": "GET",
        "path": "/healthz",
        "status": 200,
    }


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, 'a"b', "ä"])
def test_a_request_without_a_fit_id_is_given_one(home: House, given: str) -> None:
    headers = {b"X-Request-Id": given.encode()} if given else {}
    one, another = (home.client.get("/v1/relationships", headers=headers) for _ in range(2))
    assert one.status_code == 401
    assert one.headers["x-request-id"] != another.headers["x-request-id"] != given
    assert re.fullmatch(r"[0-9a-f]{12}-[0-9a-f]+", one.headers["x-request-id"])


def test_no_token_and_no_personal_text_is_logged(own: House, log: StringIO) -> None:
    who = own.bearer("administrator")
    token = who["Authorization"].partition(" ")[2]
    path = f"/v1/relationships/{h.RELATIONSHIP}/sessions"
    session = {"session": named("told"), "held_on": "2025-05-01", "minutes": 30, "summary": SECRET}
    assert own.wish("POST", path, who, session).status_code == 201
    assert own.wish("POST", path, who, {**session, "minutes": SECRET}).status_code == 422
    assert own.client.get(f"/{token}", params={"token": token}, headers=who).status_code == 404
    with connect(own.journal.database) as connection:
        connection.execute("ALTER TABLE personal RENAME TO elsewhere")
    lost = {**session, "session": named("lost"), "held_on": "2025-05-02"}
    assert own.wish("POST", path, who, lost).status_code == 503
    until(lambda: '"status":503' in log.getvalue())
    assert SECRET not in log.getvalue()
    assert token.rpartition(".")[2] not in log.getvalue()


def test_what_stands_still_is_said(own: House, log: StringIO, tmp_path: Path) -> None:
    with connect(own.journal.database) as connection:
        connection.execute("UPDATE journal SET pointer = 'v0009'")
    own.record(SetCapacity(participant=h.MENTOR, max=7))
    until(lambda: "the views stand still" in log.getvalue())
    lines = [orjson.loads(line) for line in log.getvalue().splitlines()]
    [said] = [line for line in lines if line["log"] == "journal.follower"]
    assert (said["level"], "generation 9 of the views is gone" in said["said"]) == ("warning", True)
    assert str(tmp_path) not in own.client.get("/readyz").text


def test_views_with_a_damaged_record_stand_still_until_they_are_made_again(own: House, log: StringIO) -> None:
    with Generations(own.journal).connect(1) as views:
        views.execute("UPDATE participants SET record = '{' WHERE id = ?", (h.MENTOR,))
    position = own.record(SetCapacity(participant=h.MENTOR, max=7)).position
    until(lambda: own.client.get("/readyz").json()["problem"] == "STANDS_STILL")
    assert "`journal rebuild` makes the views again" in log.getvalue()
    rebuild(own.journal, planned=Plan(None, "it is damaged"))
    until(lambda: own.client.get("/readyz").json()["views"] == position)


def test_a_follower_that_meets_what_nobody_expects_says_so_and_goes_on_once_it_is_mended(
    own: House, log: StringIO
) -> None:
    position = own.journal.position()
    with Generations(own.journal).connect(1) as views:
        views.execute("UPDATE meta SET position = NULL")
        until(lambda: "the views stand still: unexpected TypeError" in log.getvalue())
        views.execute("UPDATE meta SET position = ?", (position,))
    position = own.record(SetCapacity(participant=h.MENTOR, max=7)).position
    until(lambda: own.client.get("/readyz").json()["views"] == position)


def test_a_server_that_only_looks_says_when_nobody_follows(
    tmp_path: Path, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.follower.ALONE_SECONDS", 0.1)
    with house(str(tmp_path / "journal.db"), way=Looker) as home:
        assert home.client.get("/readyz").json()["problem"] is None
        position = home.record(SetCapacity(participant=h.MENTOR, max=7)).position
        until(lambda: home.client.get("/readyz").json()["problem"] == "STANDS_STILL")
        Views(home.journal).catch_up()
        until(lambda: home.client.get("/readyz").json()["problem"] is None)
        assert home.ask("/v1/status", home.bearer("auditor")).json()["position"] == position
    said = [line for line in log.getvalue().splitlines() if "journal.follower" in line]
    assert len(said) == 1
    assert "is `journal follow` running?" in said[0]
