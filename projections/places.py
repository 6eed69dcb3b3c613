"""Where generations of views are kept: files beside a SQLite journal, schemas in a PostgreSQL journal's own database.

A number is used once, and nothing is ever renamed. Whoever builds a generation holds a claim to it, which ends with
the process.
"""

import fcntl
import os
import re
from abc import ABC, abstractmethod
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from domain.journal.database import Connection, Failure
from domain.journal.engines import connect, engine_of

_CLAIMS = 0x76696577
"""The class of our advisory locks on PostgreSQL; the second number is the generation's."""
_PATIENCE = "2s"
_STILL_READ = "55P03"
_TAKEN = ("42P06", "23505")
_NOT_ALLOWED = "42501"


class Claim(ABC):
    """The right to build one generation. It ends when it is released, or when this process does."""

    number: int

    @abstractmethod
    def release(self) -> None:
        """Let go of it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Place(ABC):
    """Where the generations of one journal are kept."""

    sees_pointer = False
    """Whether a connection to a generation sees which one the journal points at, too."""

    def __init__(self, database: str) -> None:
        self.database = database

    @abstractmethod
    def numbers(self) -> list[int]:
        """Every generation that is here, whole or not, in order."""

    def holds(self, number: int) -> bool:
        """Whether a generation that was just opened to read is still whole, and stays so while it is read."""
        return True

    @abstractmethod
    def stamp(self, number: int) -> object:
        """Something that changes when a generation is written over from outside. LookupError when it is not here."""

    @abstractmethod
    def connect(self, number: int, *, readonly: bool = False) -> Connection:
        """A connection that finds this generation's tables by their plain names. LookupError when it is not here.

        What it writes need not be on the disk at once: after a power cut the views stand whole where they stood a
        moment before, and are brought up to date from the journal.
        """

    @abstractmethod
    def claim(self, beyond: int) -> Claim:
        """A new number, higher than `beyond` and than what is here, claimed; and an empty place for it."""

    @abstractmethod
    def hold(self, number: int) -> Claim | None:
        """A claim to a generation that is here already; None when somebody else holds it."""

    @abstractmethod
    def remove(self, number: int) -> bool:
        """Take away a generation that we hold; False when it is still being read."""


def place_of(database: str) -> Place:
    """Where the views of the journal in this database are."""
    return Schemas(database) if engine_of(database) == "postgresql" else Files(database)


class Files(Place):
    """`journal-views-0008.db` beside `journal.db`."""

    def __init__(self, database: str) -> None:
        super().__init__(database)
        journal = Path(database)
        self._beginning = str(journal.with_name(f"{journal.stem}-views-"))

    def path(self, number: int) -> Path:
        return Path(self._file(number))

    def numbers(self) -> list[int]:
        journal = Path(self.database)
        ours = re.compile(rf"{re.escape(journal.stem)}-views-(\d{{4,}})\.(db|lock)")
        found = (ours.fullmatch(path.name) for path in journal.parent.iterdir())
        return sorted({int(match[1]) for match in found if match})

    def stamp(self, number: int) -> object:
        try:
            file = os.stat(self._file(number))
        except OSError:
            raise LookupError(number) from None
        return file.st_ino, file.st_size, file.st_mtime_ns

    def connect(self, number: int, *, readonly: bool = False) -> Connection:
        path = self.path(number)
        if not path.is_file():
            raise LookupError(path.name)
        connection = connect(str(path), readonly=readonly)
        if not readonly:
            connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def holds(self, number: int) -> bool:
        return os.path.isfile(self._file(number))

    def claim(self, beyond: int) -> Claim:
        number = max(beyond, *self.numbers(), 0)
        while True:
            number += 1
            held = _Lock.take(self._lock(number), number)
            if held is None:
                continue
            with suppress(FileExistsError):
                os.close(os.open(self.path(number), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
                return held
            held.release()

    def hold(self, number: int) -> Claim | None:
        return _Lock.take(self._lock(number), number)

    def remove(self, number: int) -> bool:
        path = self.path(number)
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return True

    def _file(self, number: int) -> str:
        return f"{self._beginning}{number:04d}.db"

    def _lock(self, number: int) -> Path:
        return self.path(number).with_suffix(".lock")


class _Lock(Claim):
    """A lock on a file of its own: locks on the database's file are SQLite's."""

    def __init__(self, descriptor: int, path: Path, number: int) -> None:
        self._descriptor = descriptor
        self._path = path
        self.number = number

    @classmethod
    def take(cls, path: Path, number: int) -> "_Lock | None":
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return cls(descriptor, path, number)
        except (BlockingIOError, FileNotFoundError):
            pass
        except OSError as error:
            os.close(descriptor)
            raise OSError(error.errno, error.strerror, str(path)) from None
        os.close(descriptor)
        return None

    def release(self) -> None:
        if self._descriptor >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1


class Schemas(Place):
    """`v0008` in the journal's database."""

    sees_pointer = True

    def numbers(self) -> list[int]:
        with connect(self.database, readonly=True) as connection:
            rows = connection.execute("SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^v[0-9]{4,}$'")
        return sorted(int(name[1:]) for (name,) in rows)

    def stamp(self, number: int) -> object:
        return number

    def connect(self, number: int, *, readonly: bool = False) -> Connection:
        connection = connect(self.database, readonly=readonly)
        name = schema_name(number)
        if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (name,)):
            connection.close()
            raise LookupError(name)
        connection.execute(f"SET search_path TO {name}, journal, public")
        if not readonly:
            connection.execute("SET synchronous_commit TO off")
        return connection

    def claim(self, beyond: int) -> Claim:
        number = max(beyond, *self.numbers(), 0)
        with ExitStack() as unless_claimed:
            connection = unless_claimed.enter_context(connect(self.database))
            while True:
                number += 1
                if not _lock(connection, number):
                    continue
                try:
                    connection.execute(f"CREATE SCHEMA {schema_name(number)}")
                except Failure as failure:
                    if failure.code not in _TAKEN:
                        raise _may_not(connection, failure) from None
                    _unlock(connection, number)
                else:
                    unless_claimed.pop_all()
                    return _Session(connection, number)

    def hold(self, number: int) -> Claim | None:
        connection = connect(self.database)
        if _lock(connection, number):
            return _Session(connection, number)
        connection.close()
        return None

    def remove(self, number: int) -> bool:
        name = schema_name(number)
        try:
            with connect(self.database) as connection, connection.transaction(write=True):
                connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
                if connection.execute("SELECT to_regclass(?) IS NOT NULL", (f"{name}.meta",)) == [(True,)]:
                    connection.execute(f"LOCK TABLE {name}.meta IN ACCESS EXCLUSIVE MODE")
                connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        except Failure as failure:
            if failure.code != _STILL_READ:
                raise
            return False
        return True


class _Session(Claim):
    """An advisory lock of a connection that does nothing else."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self.number = number

    def release(self) -> None:
        self._connection.close()


def schema_name(number: int) -> str:
    """The name of a generation, in a pointer and as a schema: `v0008`."""
    return f"v{number:04d}"


def _may_not(connection: Connection, failure: Failure) -> Failure:
    """Why a schema cannot be made, and what to do where it is a right that lacks: no copy of a database holds it."""
    if failure.code != _NOT_ALLOWED:
        return failure
    [(database, role)] = connection.execute("SELECT quote_ident(current_database()), quote_ident(current_user)")
    return Failure(
        f"{failure}, where the views have their schemas; `journal init` grants it where it may, and a superuser by "
        f"GRANT CREATE ON DATABASE {database} TO {role}",
        failure.code,
    )


def _lock(connection: Connection, number: int) -> bool:
    return connection.execute("SELECT pg_try_advisory_lock(?::int, ?::int)", (_CLAIMS, number)) == [(True,)]


def _unlock(connection: Connection, number: int) -> None:
    connection.execute("SELECT pg_advisory_unlock(?::int, ?::int)", (_CLAIMS, number))
