"""The views as tables: what columns they have, and which rows a record makes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from domain.journal.database import Connection, Row

Type = Literal["text", "integer"]


@dataclass(frozen=True, slots=True)
class Table:
    """A view's table. `columns` in order; the first `key` of them identify a row; `indexes` serve the questions."""

    name: str
    columns: tuple[tuple[str, Type], ...]
    key: int
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    @property
    def types(self) -> tuple[str, ...]:
        """As PostgreSQL calls them."""
        return tuple({"text": "text", "integer": "bigint"}[type] for _, type in self.columns)


RELATIONSHIPS = Table(
    "relationships",
    (
        ("id", "text"),
        ("program", "text"),
        ("term", "text"),
        ("mentor", "text"),
        ("mentee", "text"),
        ("state", "text"),
        ("starts_on", "text"),
        ("last_day", "text"),
        ("position", "integer"),
        ("record", "text"),
    ),
    key=1,
    indexes=(("program", "term", "id"), ("program", "position"), ("program", "last_day", "id"), ("last_day",)),
)

PEOPLE = Table(
    "people",
    (("root", "text"), ("person", "text"), ("serving_as", "text"), ("since", "text"), ("until", "text")),
    key=4,
    indexes=(("person", "root"),),
)
"""Who belongs to which relationship: the index of people to roots. `serving_as`: mentor, co_mentor, mentee."""

PARTICIPANTS = Table(
    "participants",
    (
        ("id", "text"),
        ("reference", "text"),
        ("last_day", "text"),
        ("position", "integer"),
        ("record", "text"),
    ),
    key=1,
    indexes=(("last_day",), ("position",), ("reference",)),
)

PROGRAMS = Table(
    "programs",
    (("id", "text"), ("name", "text"), ("last_day", "text"), ("position", "integer"), ("record", "text")),
    key=1,
    indexes=(("name",),),
)

FIGURES = Table(
    "figures",
    (("scope", "text"), ("measure", "text"), ("code", "text"), ("day", "text"), ("value", "integer")),
    key=4,
)
"""The sums of what records contribute, kept live. No row has the value 0."""

TABLES = (RELATIONSHIPS, PEOPLE, PARTICIPANTS, PROGRAMS, FIGURES)

_NAMED = {table.name: table for table in TABLES}

HOMES = {"relationship": RELATIONSHIPS, "participant": PARTICIPANTS, "program": PROGRAMS}
"""For each noun the table its records live in."""


def row(noun: str, record: dict[str, Any]) -> tuple[Any, ...]:
    """The record as the row of its home table."""
    body = orjson.dumps(record).decode()
    if noun == "relationship":
        return (
            record["id"],
            record["program"],
            record["term"],
            record["mentor"],
            record["mentee"],
            record["state"],
            record["starts_on"],
            record["last_day"],
            record["position"],
            body,
        )
    name = record["name" if noun == "program" else "reference"]
    return record["id"], name, record["last_day"], record["position"], body


def people(noun: str, record: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    """The rows of `people` that a record makes. Who joined twice on a day has one row: the later one."""
    if noun != "relationship":
        return ()
    id, since = record["id"], record["starts_on"]
    rows = [(id, record["mentor"], "mentor", since, None), (id, record["mentee"], "mentee", since, None)]
    if not record["co_mentors"]:
        return rows
    rows += [(id, person, "co_mentor", joined_on, left_on) for person, joined_on, left_on in record["co_mentors"]]
    return {row[: PEOPLE.key]: row for row in rows}.values()


def copy(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    """Insert rows into the view with this name."""
    table = _NAMED[name]
    connection.copy(table.name, table.names, rows, table.types)
