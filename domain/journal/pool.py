"""Connections to read with, from any thread; and a bell that rings when something was written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any

from domain.journal.appending import CHANNEL
from domain.journal.database import Connection, Engine, Failure, Row, Unreachable
from domain.journal.engines import connect, engine_of

_POLL_SECONDS = {"sqlite": 0.02, "postgresql": 0.5}
"""How often we look, should nobody ring: SQLite does not tell one process what another one writes."""


class Pool:
    """As many connections as are used at once; kept until it is closed."""

    def __init__(self, database: str, *, readonly: bool) -> None:
        self.engine: Engine = engine_of(database)
        self._database = database
        self._readonly = readonly
        self._lock = Lock()
        self._idle: list[Connection] = []
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """A connection of one's own for the block; it is not used again after a failure."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = connect(self._database, readonly=self._readonly)
        good = False
        try:
            yield connection
            good = not connection.in_transaction
        finally:
            with self._lock:
                keep = good and not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def ask(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """The rows of one question; asked again on a new connection when an idle one turns out to be lost."""
        try:
            with self.one() as connection:
                return connection.execute(sql, params)
        except Unreachable:
            self._let_go()
            with self.one() as connection:
                return connection.execute(sql, params)

    def close(self) -> None:
        """Close what is idle now, and the rest when it is given back."""
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class Bell:
    """Wakes whoever waits for the journal to grow, in this process or another."""

    def __init__(self, database: str, pool: Pool) -> None:
        self._database = database
        self._pool = pool
        self._poll = _POLL_SECONDS[pool.engine]
        self.also: Callable[[], None] = lambda: None
        """Called whenever it rings."""
        self._rung = Condition()
        self._rings = 0
        self._closed = False
        self._listener: Thread | None = None

    def ring(self) -> None:
        """Something was written."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()
        self.also()

    def position(self) -> int:
        """The journal's last position."""
        [(position,)] = self._pool.ask("SELECT coalesce(max(position), 0) FROM events")
        return int(position)

    def wait_beyond(self, position: int, timeout: float) -> bool:
        """Whether the journal has grown beyond this position, once it has or so many seconds have passed."""
        if self._listener is None and self._pool.engine == "postgresql":
            self._listen()
        deadline = monotonic() + timeout
        while True:
            heard = self._rings
            if self.position() > position:
                return True
            remaining = deadline - monotonic()
            if remaining <= 0 or self._closed:
                return False
            with self._rung:
                self._rung.wait_for(lambda: self._rings != heard, min(remaining, self._poll))  # noqa: B023

    def close(self) -> None:
        """Let everyone go who waits."""
        self._closed = True
        self.ring()
        if self._listener is not None:
            self._listener.join()

    def _listen(self) -> None:
        with self._rung:
            if self._listener is None and not self._closed:
                self._listener = Thread(target=self._hear, name="journal listener", daemon=True)
                self._listener.start()

    def _hear(self) -> None:
        while not self._closed:
            try:
                with connect(self._database, readonly=True) as connection:
                    while not self._closed:
                        if connection.hear(CHANNEL, 0.1):
                            self.ring()
            except Failure:
                with self._rung:
                    self._rung.wait_for(lambda: self._closed, self._poll)
