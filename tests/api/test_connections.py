"""Connections, byte by byte: what a client sends beyond a failure never comes between it and the answer."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import unquote

import pytest

from api.bodies import MOST_BYTES, MOST_LET_GO_BYTES
from tests.api import house as h
from tests.api.house import House

SESSIONS = f"/v1/relationships/{h.RELATIONSHIP}/sessions"
TIMES = 10
"""How often what may depend on luck is tried."""


class Wire:
    """A connection to the server, on which each answer is read to its end and no further."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.head = ""
        """The first line and the headers of the last answer, in lower case."""
        self._waiting = b""

    def say(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", length: int | None = None
    ) -> None:
        """A request, which may say another length than that of its body."""
        said = {"Host": "here", "Content-Length": len(body) if length is None else length, **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def hear(self) -> int:
        """The status of the next answer."""
        while b"\r\n\r\n" not in self._waiting:
            self._more()
        head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
        self.head = head.decode().lower()
        while len(self._waiting) < self._length():
            self._more()
        self._waiting = self._waiting[self._length() :]
        return int(self.head.split()[1])

    def closes(self) -> bool:
        """Whether the last answer said that it is the last, and the connection is closed (and not reset)."""
        return "\r\nconnection: close" in self.head and self.connection.recv(1) == b""

    def _length(self) -> int:
        return int(self.head.partition("\r\ncontent-length: ")[2].split()[0])

    def _more(self) -> None:
        received = self.connection.recv(65536)
        assert received, "the server closed the connection before its answer"
        self._waiting += received


@contextmanager
def wired(home: House) -> Iterator[Wire]:
    host, port = home.client.base_url.host, home.client.base_url.port
    assert port is not None
    with socket.create_connection((host, port), timeout=10) as connection:
        yield Wire(connection)


@pytest.fixture
def mentee(home: House) -> dict[str, str]:
    bearer = home.bearer("participant", h.MENTEE)
    return {**bearer, "Content-Type": "application/json", "Idempotency-Key": "wire"}


@pytest.mark.parametrize("length", [MOST_BYTES + 1, MOST_BYTES * 2, MOST_LET_GO_BYTES])
def test_who_sends_too_much_hears_so_and_that_the_connection_ends(
    length: int, home: House, mentee: dict[str, str]
) -> None:
    for _ in range(TIMES):
        with wired(home) as wire:
            wire.say("POST", SESSIONS, mentee, b" " * length)
            assert (wire.hear(), wire.closes()) == (413, True)


def test_who_asks_before_sending_too_much_sends_nothing(home: House, mentee: dict[str, str]) -> None:
    with wired(home) as wire:
        wire.say("POST", SESSIONS, {**mentee, "Expect": "100-continue"}, length=MOST_BYTES + 1)
        assert (wire.hear(), wire.closes()) == (413, True)


def test_who_sends_too_slowly_hears_so_and_that_the_connection_ends(
    home: House, mentee: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.bodies.MOST_SECONDS", 0.1)
    with wired(home) as wire:
        wire.say("POST", SESSIONS, mentee, b"{", length=100)
        assert (wire.hear(), wire.closes()) == (408, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", SESSIONS, 401), ("POST", "/nowhere", 404), ("PATCH", SESSIONS, 405)],
)
def test_a_refusal_before_the_body_leaves_the_connection_whole(
    method: str, path: str, status: int, home: House
) -> None:
    for _ in range(TIMES):
        with wired(home) as wire:
            for length in (0, 10, 100_000):
                wire.say(method, path, {}, b" " * length)
                assert wire.hear() == status
            wire.say("GET", "/healthz", {})
            assert wire.hear() == 200


def test_a_refusal_before_a_body_that_does_not_come_ends_the_connection(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.bodies.MOST_LET_GO_SECONDS", 0.1)
    with wired(home) as wire:
        wire.say("POST", SESSIONS, {}, b" ", length=100)
        assert (wire.hear(), wire.closes()) == (401, True)


def test_a_question_with_a_body_is_answered_and_ends_the_connection(home: House) -> None:
    with wired(home) as wire:
        wire.say("GET", "/healthz", {}, b"GET /v1/history HTTP/1.1\r\n\r\n")
        assert (wire.hear(), wire.closes()) == (200, True)


@pytest.mark.parametrize("spelled", ["Frühjahr%202025", "Fr%c3%bchjahr%202025%2f26", "Frühjahr%202025%2F26"])
def test_a_name_is_the_same_however_much_of_it_an_address_encodes(spelled: str, home: House) -> None:
    administrator = home.bearer("administrator")
    program = h.PROGRAM.replace("-", "%2D")
    sent = {**administrator, "Content-Type": "application/json", "Idempotency-Key": spelled.encode().hex()}
    with wired(home) as wire:
        wire.say("PUT", f"/v1/programs/{program}/terms/{spelled}", sent, b'{"begins_on": "2025-01-01"}')
        assert wire.hear() == 200
    shown = home.ask(f"/v1/programs/{h.PROGRAM}", administrator).json()["data"]["terms"]
    assert unquote(spelled) in shown


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"-2\r\n", b"5\r\n{}"])
def test_a_body_that_is_none_is_told_as_a_problem(chunk: bytes, home: House, mentee: dict[str, str]) -> None:
    lines = [f"POST {SESSIONS} HTTP/1.1", "Host: here", "Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in mentee.items()]
    with wired(home) as wire:
        wire.connection.sendall("\r\n".join([*lines, "", ""]).encode() + chunk)
        wire.connection.shutdown(socket.SHUT_WR)
        assert wire.hear() == 400
        assert "application/problem+json" in wire.head
        assert "x-request-id" in wire.head


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key"])
def test_a_header_that_is_there_twice_is_refused(name: str, home: House, mentee: dict[str, str]) -> None:
    twice = [*mentee.items(), (name, home.bearer("administrator")["Authorization"])]
    answer = home.client.post(SESSIONS, headers=twice, content=b"{}")
    assert (answer.status_code, answer.json()["detail"]) == (400, f"the header {name.lower()} is there twice")


def test_more_connections_than_a_thousand_that_say_nothing_hold_up_nobody(home: House) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        with ExitStack() as open_ones:
            for _ in range(1100):
                open_ones.enter_context(wired(home))
            assert home.client.get("/healthz", timeout=5).status_code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
