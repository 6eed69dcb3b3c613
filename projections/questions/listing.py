"""The list of relationships: which there are, and where each of them stands."""

from collections.abc import Collection
from typing import Any, Literal

from projections.questions import lookup
from projections.views import View

_COLUMNS = ("id", "program", "term", "mentor", "mentee", "state")


def relationships(
    view: View,
    *,
    program: str | None = None,
    term: str | None = None,
    person: str | None = None,
    state: Literal["active", "paused", "closed"] | None = None,
    after: str = "",
    limit: int = 50,
    party: str | None = None,
    programs: Collection[str] | None = None,
) -> dict[str, Any]:
    """`{position, items, next}` by id. A program by id or name; a person by id or reference, in any role.

    `party` leaves only those that this person belongs to now, `programs` only those of these programs (ids).
    """
    conditions: list[tuple[str, str]] = [("id > ?", after)]
    if party:
        conditions.append(("id IN (SELECT root FROM people WHERE person = ? AND until IS NULL)", party))
    if program:
        record = lookup.program(view, program)
        conditions.append(("program = ?", record["id"]))
        if term:
            lookup.term(view, record, term)
    if term:
        conditions.append(("term = ?", term))
    if state:
        conditions.append(("state = ?", state))
    if person:
        theirs = "id IN (SELECT root FROM people WHERE person = ?)"
        conditions.append((theirs, lookup.person(view, person)["id"]))
    where = " AND ".join(condition for condition, _ in conditions)
    values = [value for _, value in conditions]
    if programs is not None:
        where += f" AND program IN ({', '.join('?' * len(programs)) or 'NULL'})"
        values += programs
    rows = view.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM relationships WHERE {where} ORDER BY id LIMIT {limit + 1}", values
    )
    items = [dict(zip(_COLUMNS, row, strict=True)) for row in rows[:limit]]
    return {
        "position": view.position,
        "items": items,
        "next": items[-1]["id"] if len(rows) > limit else None,
    }
