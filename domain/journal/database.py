"""A database as we use it, whichever engine it is: asking it, and the ways in which it fails.

Failure
 |- Unreachable     cannot be opened or read, or the connection was lost
 |- NoRoom          the disk, or what we were given of it, is full
 |- Conflict        a constraint or a guard of the database said no
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, ClassVar, Literal

Row = tuple[Any, ...]
Engine = Literal["sqlite", "postgresql"]

BUSY_SECONDS = 30
"""How long we wait for somebody else who writes."""

SCHEMA = "journal"
"""PostgreSQL: where the journal's tables live, so that views can have schemas of their own."""
OWNER = "mentoring_journal_owner"
"""PostgreSQL: the role that owns the tables, and cannot log in."""
WRITER = "mentoring_journal_writer"
"""PostgreSQL: the role that a connection acts as, which may add and read."""


class Failure(Exception):
    """The database did not do what it was asked. `code` is the engine's own name for it (`SQLITE_FULL`, `53100`)."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class Unreachable(Failure):
    """The database cannot be opened or read, or the connection was lost; the message says what to do."""


class NoRoom(Failure):
    """There is no room left to write; what was answered before is safe."""


class Conflict(Failure):
    """A constraint or a guard of the database refused the statement."""


def moved(path: str) -> Failure:
    """What is said where nothing may be written, since the file at this path is another one than it was."""
    return Failure(
        f"{path} was moved, deleted or replaced while it was in use, and nothing is written any more; "
        "put it back, or stop all who use it and start them again"
    )


class Connection(ABC):
    """One connection. Statements use `?` for parameters on both engines, and nowhere else."""

    engine: ClassVar[Engine]
    file: tuple[int, int] | None = None
    """On SQLite, which file it was opened on, whatever is at its path now: device and inode."""

    @abstractmethod
    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Run one statement; its rows, all at once."""

    @abstractmethod
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""

    @abstractmethod
    def script(self, sql: str) -> None:
        """Run several statements without parameters, inside the current transaction if there is one."""

    @abstractmethod
    def copy(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None
    ) -> None:
        """Insert many rows in the engine's fastest way: PostgreSQL has a faster one when it is told their types."""

    @abstractmethod
    def stream(self, sql: str, params: Sequence[Any] = (), size: int = 5000) -> Iterator[list[Row]]:
        """The rows in lists of at most `size`, so that memory stays bounded; finish it before asking anything else."""

    @abstractmethod
    def begin(self, *, write: bool = False) -> None:
        """Start a transaction: to write (SQLite takes the write lock now), or one snapshot to read from."""

    def look(self, sql: str) -> list[Row]:
        """Start one snapshot to read from with this question, which has no parameters; its rows."""
        self.begin()
        return self.execute(sql)

    @abstractmethod
    def commit(self) -> None:
        """Make it so."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo what the current transaction did; harmless when it no longer lives."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a transaction is open (a full disk ends one unasked)."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[None]:
        """All or nothing: commit at the end of the block, undo when it raises."""
        self.begin(write=write)
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def together(self) -> AbstractContextManager[Any]:
        """In this block `send` does not wait where the engine can, and `execute` only asks what gives rows."""
        return nullcontext()

    def send(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run a statement whose rows nobody reads."""
        self.execute(sql, params)

    def hear(self, channel: str, seconds: float) -> bool:
        """Whether this channel was rung within so many seconds; at once the first time. SQLite has no channels."""
        raise NotImplementedError
