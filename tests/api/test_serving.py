"""The server itself: slow clients are not waited for, a stop loses nothing, a taken address is said to be taken."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from uuid import uuid4

import httpx
import pytest

from api.identity import make_key
from api.serving import Taken, check_free
from domain.journal import Journal
from scripts.cli import run
from tests.api import house as h
from tests.api.house import House, house
from tests.support.deciding import on

SESSIONS = f"/v1/relationships/{h.RELATIONSHIP}/sessions"
CHECKOUT = Path(__file__).parents[2]


def test_headers_that_do_not_come_end_the_connection(tmp_path: Path) -> None:
    with house(str(tmp_path / "journal.db"), header_milliseconds=200) as home:
        host, port = home.client.base_url.host, home.client.base_url.port
        assert port is not None
        with socket.create_connection((host, port), timeout=10) as slow:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow")
            said = slow.recv(1000)
        assert said == b"" or said.startswith(b"HTTP/1.1 408")
        assert home.client.get("/healthz").status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.bodies.MOST_SECONDS", 0.1)
    host, port = home.client.base_url.host, home.client.base_url.port
    assert port is not None
    token = home.token("participant", h.MENTEE)
    head = f"POST {SESSIONS} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: slow\r\n"
    with socket.create_connection((host, port), timeout=10) as slow:
        slow.sendall(head.encode() + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        said = slow.recv(10_000)
    assert said.startswith(b"HTTP/1.1 408")
    assert b"TOO_SLOW" in said


def test_headers_without_end_are_refused(home: House) -> None:
    with suppress(httpx.TransportError):
        answer = home.client.get("/healthz", headers={"X-Long": "x" * 1_000_000})
        assert answer.status_code in (400, 431)
    assert home.client.get("/healthz").status_code == 200


def test_a_stop_under_load_answers_everything_that_it_records(tmp_path: Path) -> None:
    database = str(tmp_path / "journal.db")
    days = [str(on("2025-05-01") + timedelta(days=number)) for number in range(500)]
    answered: list[str] = []
    enough = Event()

    def hold_sessions(address: str, who: dict[str, str]) -> None:
        with httpx.Client(base_url=address, headers=who, timeout=30) as client, suppress(httpx.TransportError):
            while days:
                id = str(uuid4())
                body = {"session": id, "minutes": 30, "held_on": days.pop()}
                answer = client.post(SESSIONS, json=body, headers={"Idempotency-Key": id})
                answered.append(f"{answer.status_code} {id}")
                if len(answered) > 100:
                    enough.set()

    with house(database) as home:
        who = home.bearer("participant", h.MENTEE)
        before = home.journal.position()
        threads = [Thread(target=hold_sessions, args=(home.address, who)) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert enough.wait(20)
    for thread in threads:
        thread.join()
    with Journal.open(database) as journal:
        recorded = {entry.data()["session"] for entry in journal.entries(after=before)}
    assert {one.partition(" ")[2] for one in answered if one.startswith("201")} == recorded


def test_a_taken_address_is_said_to_be_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = str(tmp_path / "journal.db")
    assert run(["init", "--database", database]) == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Taken, match="--port"):
            check_free("127.0.0.1", port)
        capsys.readouterr()
        assert run(["serve", "--database", database, "--port", str(port), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "ADDRESS_TAKEN"


def test_a_journal_is_made_with_its_key_and_gives_tokens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = str(tmp_path / "journal.db")
    assert run(["init", "--database", database]) == 0
    assert make_key(database) is None
    capsys.readouterr()
    assert run(["token", "--role", "auditor", "--hours", "1", "--database", database, "--json"]) == 0
    assert json.loads(capsys.readouterr().out).keys() == {"token", "expires_at"}
    for wrong in (["--role", "participant"], ["--role", "coordinator", "--person", "no id"], ["--role", "king"]):
        assert run(["token", *wrong, "--database", database]) == 2
    (tmp_path / "journal.key").unlink()
    assert run(["token", "--role", "auditor", "--database", database, "--json"]) == 3
    assert "NO_KEY" in capsys.readouterr().out


def test_a_person_serves_a_journal_and_stops_it(tmp_path: Path) -> None:
    database = str(tmp_path / "journal.db")
    assert run(["init", "--database", database]) == 0
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "scripts.cli", "serve", "--database", database, "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        until = monotonic() + 20
        while "Serving" not in served.stderr.readline():
            assert monotonic() < until
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}
        served.send_signal(signal.SIGTERM)
        said = served.stderr.read()
        assert (served.wait(20), "in the journal" in said) == (0, True)
