"""Sums at another moment than now: the views moved back to a day, or added up again from the journal."""

from collections.abc import Iterator, Mapping

import orjson

from domain.journal import Journal
from domain.rules import Rules
from projections.figures import contribute, scopes
from projections.figures.sums import Sums
from projections.history.reading import records
from projections.records import Record, participant, relationship
from projections.views import View

_PAGE = 500


def cut(noun: str, record: Record, before: str) -> Record | None:
    """The record as if no fact dated `before` or later had come; None when nothing had begun."""
    if noun == "relationship":
        return relationship.cut(record, before)
    return participant.cut(record, before) if noun == "participant" else record


def rewind(view: View, sums: Mapping[str, Sums], before: str, rules: Rules, program: str | None) -> None:
    """Takes back from stored sums (by scope) what facts dated `before` or later contribute.

    The scopes belong to this program; without one, the organization is among them.
    """
    for noun, record in _later(view, before, program):
        _add(sums, noun, record, rules, -1)
        earlier = cut(noun, record, before)
        if earlier is not None:
            _add(sums, noun, earlier, rules, 1)


def refold(
    journal: Journal,
    view: View,
    sums: Mapping[str, Sums],
    position: int,
    before: str,
    rules: Rules,
    program: str | None,
) -> None:
    """Adds to empty sums (by scope) what the journal knew at a position, without facts from `before` on."""
    for roots in _roots(view, program):
        for noun, record in records(journal, position, roots):
            earlier = cut(noun, record, before)
            if earlier is not None:
                _add(sums, noun, earlier, rules, 1)


def _add(sums: Mapping[str, Sums], noun: str, record: Record, rules: Rules, sign: int) -> None:
    into = [sums[scope] for scope in scopes(noun, record) if scope in sums]
    if into:
        for measure, code, day, value in contribute(noun, record, rules):
            for its_sums in into:
                its_sums.add(measure, code, day, sign * value)


def _later(view: View, before: str, program: str | None) -> Iterator[tuple[str, Record]]:
    """The records that hold a fact dated `before` or later, and that may contribute to this program."""
    for noun, narrower in (("relationship", program), ("participant", None)):
        condition = "AND program = ?" if narrower else ""
        day, id = before, ""
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


def _roots(view: View, program: str | None) -> Iterator[list[str]]:
    """The roots that may contribute to a program, or to the organization, in portions."""
    if program is None:
        rows = view.execute("SELECT id FROM relationships UNION ALL SELECT id FROM participants")
    else:
        rows = view.execute(
            """SELECT id FROM relationships WHERE program = ?
                UNION SELECT p.person FROM people p JOIN relationships r ON r.id = p.root
                       WHERE r.program = ? AND p.serving_as <> 'mentee'""",
            (program, program),
        )
    roots = sorted(root for (root,) in rows)
    yield from (roots[start : start + _PAGE] for start in range(0, len(roots), _PAGE))
