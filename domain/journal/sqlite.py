"""A connection to a SQLite file: write-ahead log, every commit flushed to the disk."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from domain.journal.database import (
    BUSY_SECONDS,
    Conflict,
    Connection,
    Engine,
    Failure,
    NoRoom,
    Row,
    Unreachable,
    moved,
)

_GONE = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check the path and its permissions",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; check the path",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore a copy, `journal check` names what is wrong with it",
    sqlite3.SQLITE_BUSY: f"is locked by another process for more than {BUSY_SECONDS} s; look for one that hangs",
    sqlite3.SQLITE_LOCKED: "is locked",
    sqlite3.SQLITE_READONLY: "may not be written; check its permissions",
    sqlite3.SQLITE_PERM: "may not be used; check its permissions",
}
_AT_ONCE = (32, 8, 2, 1)
"""How many rows one statement inserts: as many at once as there are."""


class SqliteConnection(Connection):
    """It may be used from any thread, by one at a time."""

    engine: ClassVar[Engine] = "sqlite"

    def __init__(self, path: str, *, create: bool = False, readonly: bool = False) -> None:
        self.path = path
        try:
            path.encode()
        except UnicodeEncodeError:
            raise Unreachable(f"the path {path!a} is no UTF-8, and no path for a journal; choose another") from None
        if not create and not Path(path).is_file():
            raise Unreachable(f"there is no database at {path}; check the path, or make it with `journal init`")
        uri = f"file:{quote(path)}?mode={'rwc' if create else 'rw'}"
        try:
            self._raw = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
            )
        except sqlite3.Error as error:
            raise self._failure(error) from error
        try:
            if readonly:
                self.execute("PRAGMA query_only = 1")
            else:
                self.execute("PRAGMA journal_mode = WAL")
            self.execute("PRAGMA synchronous = FULL")
            self.execute("PRAGMA cache_size = -16000")
            self.execute("PRAGMA wal_autocheckpoint = 4000")
            self._place = os.path.abspath(path)
            self.file = _file_at(self._place)
        except BaseException:
            self._raw.close()
            raise

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._raw.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self._raw.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def script(self, sql: str) -> None:
        statement = ""
        for line in sql.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self.execute(statement)
                statement = ""
        if statement.strip():
            self.execute(statement)

    def copy(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None
    ) -> None:
        """Several rows in one statement: after each statement other threads may go first, and they take their time."""
        into, marks = f"INSERT INTO {table} ({', '.join(columns)}) VALUES", f"({', '.join('?' * len(columns))})"
        rows, begin = list(rows), 0
        for size in _AT_ONCE:
            end = len(rows) - (len(rows) - begin) % size
            some = (list(chain.from_iterable(rows[n : n + size])) for n in range(begin, end, size))
            self.executemany(f"{into} {', '.join([marks] * size)}", some)
            begin = end

    def stream(self, sql: str, params: Sequence[Any] = (), size: int = 5000) -> Iterator[list[Row]]:
        try:
            cursor = self._raw.execute(sql, params)
            try:
                while rows := cursor.fetchmany(size):
                    yield rows
            finally:
                cursor.close()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def begin(self, *, write: bool = False) -> None:
        """Who writes makes sure that the file is still the one at its path: else what is answered would be gone."""
        self.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        if write and _file_at(self._place) != self.file:
            self.rollback()
            raise moved(self.path)

    def commit(self) -> None:
        self.execute("COMMIT")

    def rollback(self) -> None:
        if self._raw.in_transaction:
            with suppress(Failure):
                self.execute("ROLLBACK")

    @property
    def in_transaction(self) -> bool:
        return self._raw.in_transaction

    def close(self) -> None:
        self._raw.close()

    def _failure(self, error: sqlite3.Error) -> Failure:
        code = getattr(error, "sqlite_errorcode", 0)
        name = getattr(error, "sqlite_errorname", "")
        primary = code & 0xFF
        if primary == sqlite3.SQLITE_FULL:
            return NoRoom(f"there is no room left for {self.path}; free some space, then ask again", name)
        if primary == sqlite3.SQLITE_CONSTRAINT:
            return Conflict(str(error), name)
        if primary in _GONE:
            return Unreachable(f"{self.path} {_GONE[primary]} ({error})", name)
        return Failure(f"{self.path}: {error}", name)


def _file_at(path: str) -> tuple[int, int] | None:
    """Which file is there; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
