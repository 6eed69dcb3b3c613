"""Sums at another moment than now: those of the views, moved back to a day, and to what was known by a position."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

from domain.journal import Journal
from domain.rules import Rules
from projections.figures import contribute, scopes
from projections.figures.sums import Sums
from projections.history.reading import records
from projections.questions.stored import Stored
from projections.records import Record, participant, relationship
from projections.views import View

_PAGE = 500


def cut(noun: str, record: Record, before: str) -> Record | None:
    """The record as if no fact dated `before` or later had come; None when nothing had begun."""
    if noun == "relationship":
        return relationship.cut(record, before)
    return participant.cut(record, before) if noun == "participant" else record


class Moment(NamedTuple):
    """What of the past is asked for, and of which program (None: of the organization)."""

    program: str | None
    known: int | None
    """What was recorded by this position; None for all that the views show."""
    before: str
    """T: facts dated on this day or later are left out."""


def sums_at(journal: Journal, view: View, names: Collection[str], moment: Moment, rules: Rules) -> Mapping[str, Sums]:
    """The sums of these scopes at a moment.

    Those of the views are moved there: what a root adds now is taken away, and what it added then put in its place.
    Where most of it has changed since, it is quicker to add up what has not. Only what has changed is folded again.
    """
    changed = _roots(view, moment, changed=True)
    same = _roots(view, moment, changed=False)
    anew = len(same) < len(changed)
    sums: Mapping[str, Sums] = {name: Sums() if anew else Stored(view, name) for name in names}
    if anew:
        for noun, record in current(view, same):
            _add(sums, noun, cut(noun, record, moment.before), rules, 1)
    else:
        for noun, record in current(view, changed):
            _add(sums, noun, record, rules, -1)
        for noun, record in _later(view, moment):
            if moment.known is None or record["position"] <= moment.known:
                _add(sums, noun, record, rules, -1)
                _add(sums, noun, cut(noun, record, moment.before), rules, 1)
    for noun, record in records(journal, moment.known or 0, changed):
        _add(sums, noun, cut(noun, record, moment.before), rules, 1)
    return sums


def current(view: View, roots: Sequence[str]) -> Iterator[tuple[str, Record]]:
    """`(noun, record)` of these participants and relationships, as the views show them."""
    for start in range(0, len(roots), _PAGE):
        some = roots[start : start + _PAGE]
        marks = ", ".join("?" * len(some))
        for noun in ("participant", "relationship"):
            for (record,) in view.execute(f"SELECT record FROM {noun}s WHERE id IN ({marks}) ORDER BY id", some):
                yield noun, orjson.loads(record)


def _add(sums: Mapping[str, Sums], noun: str, record: Record | None, rules: Rules, sign: int) -> None:
    into = [sums[scope] for scope in scopes(noun, record) if scope in sums] if record else []
    if record and into:
        for measure, code, day, value in contribute(noun, record, rules):
            for its_sums in into:
                its_sums.add(measure, code, day, sign * value)


def _later(view: View, moment: Moment) -> Iterator[tuple[str, Record]]:
    """The records that hold a fact dated T or later, and that may contribute to the program."""
    for noun, narrower in (("relationship", moment.program), ("participant", None)):
        condition = "AND program = ?" if narrower else ""
        day, id = moment.before, ""
        while True:
            rows = view.execute(
                f"""SELECT last_day, id, record FROM {noun}s WHERE last_day >= ? AND (last_day, id) > (?, ?)
                    {condition} ORDER BY last_day, id LIMIT {_PAGE}""",
                [day, day, id, *([narrower] if narrower else [])],
            )
            for _, _, record in rows:
                yield noun, orjson.loads(record)
            if len(rows) < _PAGE:
                break
            day, id, _ = rows[-1]


def _roots(view: View, moment: Moment, *, changed: bool) -> list[str]:
    """The roots that may contribute to the program, and have changed since the moment's position, or have not.

    None where all is asked for as it is now.
    """
    if moment.known is None:
        return []
    condition = "position > ?" if changed else "position <= ?"
    narrower = "program = ? AND " if moment.program else ""
    rows = view.execute(
        f"""SELECT id FROM relationships WHERE {narrower} {condition}
             UNION ALL SELECT id FROM participants WHERE {condition}""",
        [*([moment.program] if moment.program else []), moment.known, moment.known],
    )
    return [root for (root,) in rows]
