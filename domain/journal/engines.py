"""Which engine a database is, and a new connection to it."""

from os import fspath
from typing import Literal

from domain.journal.database import Connection, Engine
from domain.journal.sqlite import SqliteConnection


def engine_of(database: str) -> Engine:
    """Which engine this is: `postgresql://` and `postgres://` URLs, else the path of an SQLite file."""
    return "postgresql" if database.startswith(("postgresql://", "postgres://")) else "sqlite"


def connect(
    database: str,
    *,
    role: Literal["writer", "login"] = "writer",
    readonly: bool = False,
    create: bool = False,
) -> Connection:
    """A new connection to a SQLite file (a path) or PostgreSQL (a URL).

    `create` makes the SQLite file where there is none. On PostgreSQL `role="writer"` acts as the role that does not own
    the journal's tables, where there is one; `role="login"` stays the user who logged in, to make tables.
    """
    if engine_of(database) == "postgresql":
        from domain.journal.postgres import PostgresConnection  # noqa: PLC0415 - only where it is used: it loads slowly

        return PostgresConnection(database, role=role, readonly=readonly)
    return SqliteConnection(fspath(database), create=create, readonly=readonly)
