"""Finding programs, people and relationships by what someone calls them."""

from typing import Any

import orjson

from domain.refusals import Unknown
from projections.records import Record
from projections.views import View


def program(view: View, called: str) -> Record:
    """The record of a program, by id or by name. Unknown when there is none, or several have that name."""
    found = _records(view, "programs", "id", called) or _records(view, "programs", "name", called)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(record["id"] for record in found))
        raise Unknown(f"{len(found)} programs are called {called}; give the id of one: {ids}", "/program")
    known = ", ".join(name for (name,) in view.execute("SELECT name FROM programs ORDER BY name LIMIT 10"))
    raise Unknown(f"there is no program {called}" + (f"; there are {known}" if known else ""), "/program")


def person(view: View, called: str) -> Record:
    """The record of a participant, by id or by reference. Unknown when there is none."""
    for column in ("id", "reference"):
        for record in _records(view, "participants", column, called):
            return record
    raise Unknown(f"there is no participant {called}; check the id or the reference", "/person")


def term(view: View, program: Record, called: str) -> str:
    """A term of a program that is set, or that someone was paired in. Unknown otherwise."""
    if called in terms(view, program):
        return called
    known = ", ".join(terms(view, program))
    raise Unknown(f"{program['name']} has no term {called}" + (f"; there are {known}" if known else ""), "/term")


def terms(view: View, program: Record) -> list[str]:
    """The terms of a program as they follow one another; those without a calendar come last."""
    used = view.execute(
        "SELECT DISTINCT term FROM relationships WHERE program = ? AND term IS NOT NULL", (program["id"],)
    )
    calendars: dict[str, dict[str, Any]] = program["terms"]
    known = {*calendars, *(term for (term,) in used)}
    return sorted(known, key=lambda term: (calendars[term]["begins_on"] if term in calendars else "~", term))


def _records(view: View, table: str, column: str, value: str) -> list[Record]:
    rows = view.execute(f"SELECT record FROM {table} WHERE {column} = ?", (value,))
    return [orjson.loads(record) for (record,) in rows]
