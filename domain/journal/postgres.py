"""A connection to PostgreSQL, in the journal's own schema, as a role that does not own its tables."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any, ClassVar

import psycopg
from psycopg import sql as compose
from psycopg.pq import TransactionStatus

from domain.journal.database import (
    BUSY_SECONDS,
    SCHEMA,
    WRITER,
    Conflict,
    Connection,
    Engine,
    Failure,
    NoRoom,
    Row,
    Unreachable,
)

_SETTLE_IN = f"""
    SELECT set_config('search_path', '{SCHEMA}, public', false),
           set_config('lock_timeout', '{BUSY_SECONDS}s', false),
           (SELECT set_config('role', r.rolname, false)
              FROM pg_roles r, pg_namespace n
             WHERE r.rolname = '{WRITER}' AND n.nspname = '{SCHEMA}' AND ? = 'writer'
               AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND pg_has_role(r.oid, 'MEMBER'))
"""
OLDEST = 16
"""The oldest release of PostgreSQL that can do what we ask."""
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_DISK_FULL = "53100"
_LOCKED = "55P03"
_numbers = count(1)


class PostgresConnection(Connection):
    """It may be used from any thread, by one at a time."""

    engine: ClassVar[Engine] = "postgresql"
    _together = False
    _doubtful = False
    """Whether psycopg takes statements for prepared that came after one that failed, and never were."""

    def __init__(self, url: str, *, role: str = "writer", readonly: bool = False) -> None:
        try:
            self.raw = psycopg.connect(url, autocommit=True, application_name="mentoring journal")
        except (psycopg.ProgrammingError, ValueError):
            raise Unreachable(
                "this is no URL of a PostgreSQL database: write postgresql://user:password@host:port/database, with "
                "special characters percent-encoded"
            ) from None  # what libpq says of it repeats parts, a password among them
        except psycopg.Error as error:
            raise Unreachable(
                f"the PostgreSQL database cannot be reached: {_first_line(error)}; check the URL, and that it runs"
            ) from error
        self._heard: set[str] = set()
        try:
            if (release := self.raw.info.server_version // 10_000) < OLDEST:
                raise Unreachable(
                    f"PostgreSQL {OLDEST} or newer is needed, and this server is {release}; use a newer one"
                )
            self.execute(_SETTLE_IN, (role,))
            if readonly:
                self.execute("SET default_transaction_read_only = on")
        except BaseException:
            self.raw.close()
            raise

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        try:
            cursor = self.raw.execute(*_translated(sql, params), binary=True)
            return cursor.fetchall() if self._together or cursor.description else []
        except psycopg.Error as error:
            raise self._failure(error) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            with self.raw.cursor() as cursor:
                cursor.executemany(_marked(sql), rows)
        except psycopg.Error as error:
            raise self._failure(error) from error

    def script(self, sql: str) -> None:
        try:
            self.raw.execute(sql.encode())
        except psycopg.Error as error:
            raise self._failure(error) from error

    def copy(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None
    ) -> None:
        statement = _copying(table, tuple(columns), "binary" if types else "text")
        try:
            with self.raw.cursor() as cursor, cursor.copy(statement) as copying:
                if types:
                    copying.set_types(types)
                for row in rows:
                    copying.write_row(row)
        except psycopg.Error as error:
            raise self._failure(error) from error

    def stream(self, sql: str, params: Sequence[Any] = (), size: int = 5000) -> Iterator[list[Row]]:
        alone = not self.in_transaction
        if alone:
            self.begin()
        try:
            with self.raw.cursor(name=f"stream_{next(_numbers)}", binary=True) as cursor:
                cursor.execute(*_translated(sql, params))
                while rows := cursor.fetchmany(size):
                    yield rows
        except psycopg.Error as error:
            raise self._failure(error) from error
        finally:
            if alone:
                self.rollback()

    def begin(self, *, write: bool = False) -> None:
        self.send("BEGIN" if write else _SNAPSHOT)

    def look(self, sql: str) -> list[Row]:
        """Both in one message, which is not prepared: they are two statements."""
        try:
            cursor = self.raw.execute(f"{_SNAPSHOT}; {sql}".encode(), prepare=False)
            cursor.nextset()
            return cursor.fetchall()
        except psycopg.Error as error:
            raise self._failure(error) from error

    def commit(self) -> None:
        self.send("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            with suppress(Failure):
                self.execute("ROLLBACK")
                if self._doubtful:
                    # psycopg forgets with it what it took for prepared, but only sees it in a statement that is new
                    self.execute(f"DEALLOCATE ALL -- {next(_numbers)}")
                    self._doubtful = False

    @property
    def in_transaction(self) -> bool:
        return self.raw.info.transaction_status in (
            TransactionStatus.INTRANS,
            TransactionStatus.INERROR,
            TransactionStatus.ACTIVE,
        )

    def close(self) -> None:
        self.raw.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        self._together = True
        try:
            with self.raw.pipeline():
                yield
        except psycopg.Error as error:
            self._doubtful = True
            raise self._failure(error) from error
        except Failure:
            self._doubtful = True
            raise
        finally:
            self._together = False

    def hear(self, channel: str, seconds: float) -> bool:
        try:
            if channel not in self._heard:
                self._heard.add(channel)
                self.raw.execute(f"LISTEN {channel}".encode())
                return True
            return any(True for _ in self.raw.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error as error:
            raise self._failure(error) from error

    def send(self, sql: str, params: Sequence[Any] = ()) -> None:
        try:
            self.raw.execute(*_translated(sql, params))
        except psycopg.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: psycopg.Error) -> Failure:
        code = error.sqlstate or ""
        sentence = _first_line(error)
        if code == _DISK_FULL:
            return NoRoom("there is no room left on the database's disk; free some space, then ask again", code)
        if self.raw.closed or code.startswith(("08", "57P")):
            return Unreachable(f"the connection to PostgreSQL was lost: {sentence}; is the server running?", code)
        if code == _LOCKED:
            return Unreachable("another process writes, and does not finish; look for one that hangs", code)
        if isinstance(error, psycopg.IntegrityError | psycopg.errors.InsufficientPrivilege):
            return Conflict(sentence, code)
        return Failure(f"PostgreSQL: {sentence}", code)


def _translated(sql: str, params: Sequence[Any]) -> tuple[bytes, Sequence[Any] | None]:
    return (_marked(sql), params) if params else (sql.encode(), None)


@lru_cache(maxsize=1024)
def _marked(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


@lru_cache(maxsize=1024)
def _copying(table: str, columns: tuple[str, ...], form: str) -> bytes:
    names = compose.SQL(", ").join(map(compose.Identifier, columns))
    statement = compose.SQL("COPY {} ({}) FROM STDIN (FORMAT {})")
    return statement.format(compose.Identifier(*table.split(".")), names, compose.Identifier(form)).as_bytes()


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
