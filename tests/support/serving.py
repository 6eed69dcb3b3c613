"""A server in a process of its own, that can be killed; and clients that ask it without end."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread
from time import perf_counter
from typing import IO, Any, NamedTuple, Self

from api.identity import Identity, Role, Tokens
from domain.journal import Journal
from tests.support.scenes import named

HOUSE = Path(__file__).parents[2]
KEY = "a key for tests only, which is long enough"
MOST = 50_000
"""More than so many wishes no load makes."""

_PAUSE = 0.02


class Heard(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: Any


class Client:
    """One connection to a server, made again when it was lost."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._token = token

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Heard:
        """Ask once; OSError or HTTPException when no answer comes."""
        headers = {"Authorization": f"Bearer {self._token}"} | ({} if key is None else {"Idempotency-Key": key})
        sent = None if body is None else json.dumps(body)
        if sent is not None:
            headers["Content-Type"] = "application/json"
        try:
            self._connection.request(method, path, sent, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            raise
        said = {name.lower(): value for name, value in answer.getheaders()}
        return Heard(answer.status, said, json.loads(content) if "json" in said.get("content-type", "") else content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class Server:
    """A journal that is served."""

    def __init__(
        self, journal: str, port: int, process: "subprocess.Popen[str] | None" = None, heard: Thread | None = None
    ) -> None:
        """`journal` is its id; `heard` ends when nobody can say anything on its standard error any more."""
        self.port = port
        self.process = process
        self._heard = heard
        self._tokens = Tokens(KEY, journal)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, role: Role = "administrator", person: str | None = None) -> str:
        return self._tokens.sign(Identity(role, person))[0]

    def client(self, role: Role = "administrator") -> Client:
        return Client(self.port, self.token(role))

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def has_left_nobody(self) -> bool:
        """Whether it has ended, and every process that it started."""
        return self._heard is not None and not self._heard.is_alive()


@contextmanager
def serving(database: str, *options: str) -> Iterator[Server]:
    """`journal serve` on this database, in a process of its own, which ends with the block."""
    with Journal.open(database) as journal:
        id = journal.id
    port = free_port()
    environment = {**os.environ, "JOURNAL_KEY": KEY, "PYTHONPATH": str(HOUSE)}
    command = [
        sys.executable,
        "-P",
        "-m",
        "scripts.cli",
        "serve",
        "--port",
        str(port),
        "--database",
        database,
        *options,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            said = _until_ready(process.stderr)
            assert process.poll() is None, said
            drained = Thread(target=process.stderr.read)
            drained.start()
            yield Server(id, port, process, drained)
            process.terminate()
            drained.join()
        finally:
            process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _until_ready(stderr: IO[str]) -> str:
    said = ""
    for line in stderr:
        said += line
        if line.startswith("Serving "):
            break
    return said


class Load:
    """Callers that ask one after another for milestones of one relationship, each with a key of its own.

    `answered` has the codes that were granted; `failed` what was answered otherwise; `lost` the codes of wishes whose
    answer never came.
    """

    def __init__(self, server: Server, name: str, *, callers: int = 8, bond: str = "bond") -> None:
        self.answered: dict[str, Any] = {}
        self.failed: list[Heard] = []
        self.lost: list[str] = []
        self.seconds: list[float] = []
        self._server = server
        self._name = name
        self._path = f"/v1/relationships/{named(bond)}/milestones"
        self._numbers = count(1)
        self._taking = Lock()
        self._stop = Event()
        self._callers = [Thread(target=self._call) for _ in range(callers)]

    def __enter__(self) -> Self:
        for caller in self._callers:
            caller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No more wishes; those that were made are answered."""
        self._stop.set()
        for caller in self._callers:
            caller.join()

    def _call(self) -> None:
        with self._server.client() as client:
            while not self._stop.is_set():
                with self._taking:
                    number = next(self._numbers)
                if number > MOST:
                    break
                self._ask(client, f"{self._name}.{number}")

    def _ask(self, client: Client, code: str) -> None:
        began = perf_counter()
        try:
            heard = client.ask("POST", self._path, {"code": code}, key=code)
        except (OSError, HTTPException):
            self.lost.append(code)
            self._stop.wait(_PAUSE)
            return
        self.seconds.append(perf_counter() - began)
        if heard.status == 200:
            self.answered[code] = heard.body
        else:
            self.failed.append(heard)
            self._stop.wait(_PAUSE)
