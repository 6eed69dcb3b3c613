"""The journal: the append-only record of what happened, on a SQLite file or a PostgreSQL database."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Self

from eventsourcing.application import Application
from eventsourcing.utils import Environment

from domain.journal import bulk, reading, tables
from domain.journal import kinds as known_kinds
from domain.journal.appending import check_durable
from domain.journal.database import Connection, Engine, Row, Unreachable
from domain.journal.engines import connect
from domain.journal.entry import START, Draft, Entry, micros
from domain.journal.recorder import JournalFactory, JournalMapper, JournalRecorder
from domain.journal.scribe import STATES, Scribe
from domain.journal.verify import Finding, verify
from domain.journal.wishes import Answer, Wish
from domain.journal.writer import Writer


def utc_now() -> datetime:
    """The time, as far as this machine knows."""
    return datetime.now(UTC)


class Journal(Application[Any]):
    """Ask it with commands; read it by position.

    It is an `Application` of the eventsourcing library: `repository`, `notification_log` and
    `recorder.subscribe()` serve whoever knows that. Commands go through `record`, never through `save`.
    """

    name = "journal"

    def __init__(self, database: str, clock: Callable[[], datetime] = utc_now, *, states: int = STATES) -> None:
        """Open the journal in this database; `Unreachable` when there is none, or it cannot be read by this release."""
        self.database = database
        self._recorder = JournalRecorder(database)
        try:
            with self._recorder.reading.one() as connection:
                self.engine: Engine = connection.engine
                self.file = connection.file
                """On SQLite, which file this journal is in."""
                secret = self._introduce(connection)
            known_kinds.check(self.kinds())
            self._numbers = reading.Numbers(self._recorder.reading)
            self.scribe = Scribe(database, secret, clock, states=states)
            """Serves the wishes: the writer's, unless whoever opened the journal never asks the writer."""
            self.writer = Writer(self.scribe, on_commit=self._recorder.bell.ring)
            super().__init__()
        except BaseException:
            self._recorder.close()
            raise

    @classmethod
    def create(cls, database: str, clock: Callable[[], datetime] = utc_now) -> Self:
        """Make a journal in this database, where there is none yet, and open it."""
        tables.create(database)
        return cls(database, clock)

    @classmethod
    def open(cls, database: str, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open the journal in this database."""
        return cls(database, clock)

    def close(self) -> None:
        """Serve what waits, then let go of the database."""
        self.writer.close()
        super().close()

    # asking

    def record(self, wish: Wish) -> Answer:
        """Ask for this and wait until it is on the disk; raises as `Writer.submit` says."""
        return self.writer.ask(wish)

    def append(self, chunks: Iterable[Iterable[Draft]]) -> int:
        """Write a whole history into an empty journal, all or nothing; the position reached."""
        with connect(self.database) as connection:
            position = bulk.append(connection, chunks)
        self._recorder.bell.ring()
        return position

    # reading

    def connect(self) -> Connection:
        """A new connection to the journal's database, to read with."""
        return connect(self.database, readonly=True)

    def position(self) -> int:
        """The last position."""
        return self._recorder.bell.position()

    def position_at(self, moment: datetime) -> int:
        """The last position recorded at this moment or before."""
        asked = """SELECT position FROM events WHERE recorded_at <= ?
                    ORDER BY recorded_at DESC, position DESC LIMIT 1"""
        rows = self._ask(asked, (micros(moment),))
        return int(rows[0][0]) if rows else 0

    def hash_at(self, position: int) -> bytes:
        """The hash of the entry at this position, which stands for everything up to it."""
        if position == 0:
            return START
        rows = self._ask("SELECT hash FROM events WHERE position = ?", (position,))
        if not rows:
            raise Unreachable(f"the journal has no position {position}; was an older copy of it restored?")
        return bytes(rows[0][0])

    def root_of(self, stream: str) -> str | None:
        """The root of the stream with this id; None when nothing was written there."""
        rows = self._ask("SELECT root FROM events WHERE stream = ? AND version = 1", (stream,))
        return str(rows[0][0]) if rows else None

    def kinds(self) -> dict[int, tuple[str, int]]:
        """The (kind, schema) of every number in the column kind."""
        return {id: (kind, schema) for id, kind, schema in self._ask("SELECT id, kind, schema FROM kinds")}

    def entries(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        root: str | Collection[str] | None = None,
        actor: str | None = None,
        kinds: Collection[str] | None = None,
        limit: int | None = None,
        descending: bool = False,
    ) -> Iterator[Entry]:
        """The entries after one position and up to another (now the last), by position."""
        return reading.entries(
            self._recorder.reading,
            self._numbers,
            after=after,
            until=self.position() if until is None else until,
            root=root,
            actor=actor,
            kinds=kinds,
            limit=limit,
            descending=descending,
        )

    def firsts(self, streams: Collection[str]) -> dict[str, Entry]:
        """The first entry of each of these streams, as far as anything was written there."""
        return reading.firsts(self._recorder.reading, self._numbers, streams)

    def personal(self, positions: Collection[int]) -> dict[int, dict[str, str]]:
        """The personal text of these entries by field, as far as there is any and it was not erased."""
        return reading.personal(self._recorder.reading, positions)

    def scan(
        self,
        connection: Connection,
        *,
        after: int,
        until: int,
        kinds: Collection[str],
        buckets: tuple[int, int] | None = None,
    ) -> Iterator[list[Row]]:
        """Lists of (root, number of the kind, occurred_on, source, position, facts), as fast as it goes."""
        numbers = [number for number, (kind, _) in self.kinds().items() if kind in kinds]
        return reading.scan(connection, numbers, after=after, until=until, buckets=buckets)

    def verify(self, until: int | None = None) -> Iterator[Finding]:
        """Everything that is not as it was written."""
        with self.connect() as connection:
            yield from verify(connection, self.position() if until is None else until)

    def wait_beyond(self, position: int, timeout: float) -> bool:
        """Whether the journal has grown beyond this position, once it has or so many seconds have passed."""
        return self._recorder.bell.wait_beyond(position, timeout)

    def ring(self) -> None:
        """Wake whoever waits for the journal to grow: somebody heard that it has."""
        self._recorder.bell.ring()

    def on_growth(self, call: Callable[[], None]) -> None:
        """Have this, and nothing else, called as soon as the journal has grown, by whatever thread sees it first."""
        self._recorder.bell.also = call

    # the current generation of views

    def pointer(self) -> str | None:
        """The name of the current generation of views."""
        [(pointer,)] = self._ask("SELECT pointer FROM journal")
        return None if pointer is None else str(pointer)

    def point(self, expected: str | None, new: str | None) -> bool:
        """Make another generation the current one, if it is still the expected one; whether it was."""
        with connect(self.database) as connection:
            same = "IS" if self.engine == "sqlite" else "IS NOT DISTINCT FROM"
            asked = f"UPDATE journal SET pointer = ? WHERE pointer {same} ? RETURNING one"
            return bool(connection.execute(asked, (new, expected)))

    # what the library builds on

    def construct_factory(self, env: Environment) -> JournalFactory:
        """Our recorder, on this journal's database."""
        return JournalFactory(env, self._recorder)

    def construct_mapper(self) -> JournalMapper:
        """Our events, by the names of their kinds."""
        return JournalMapper()

    def _introduce(self, connection: Connection) -> bytes:
        """Learn what this journal is, and that it can be used; its secret."""
        if not tables.exists(connection):
            raise Unreachable("there is no journal in this database; make one with `journal init`")
        [(self.id, self.epoch, self.schema, secret)] = connection.execute(
            "SELECT id, epoch, schema, secret FROM journal"
        )
        if self.schema > tables.LAYOUT:
            raise Unreachable(f"this journal has the newer layout {self.schema}; use a newer release")
        check_durable(connection)
        self.protection = tables.protection(connection)
        """In one sentence, who could take the guards away that let the journal only grow."""
        return bytes(secret)

    def _ask(self, sql: str, params: tuple[Any, ...] = ()) -> list[Row]:
        return self._recorder.reading.ask(sql, params)
