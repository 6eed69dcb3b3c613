"""The dashboard of the organization, a program or a term, at a day and as known at a moment."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.journal import Journal
from domain.rules import Rules
from projections import moments
from projections.figures import ORGANIZATION, dashboard, scope_of
from projections.figures.relationships import served
from projections.figures.sums import Period, Sums
from projections.questions import lookup, marks
from projections.questions.asked import Asked, answered, frozen
from projections.questions.moving import Moment, sums_at
from projections.records import Record
from projections.views import View


class Scope(NamedTuple):
    """Of what the figures are: a program, one of its terms, or (without a program) everything; and when."""

    program: Record | None
    term: str | None
    period: Period
    rules: Rules


def of_scope(
    journal: Journal,
    view: View,
    *,
    program: str | None = None,
    term: str | None = None,
    asked: Asked | None = None,
    rules: Rules | None = None,
) -> dict[str, Any]:
    """`{position, as_of, known_at, rules, frozen, data}` of a program (by id or name), of one of its terms, or of all.

    A program also says how it did term by term. Unknown when there is no such program or term.
    """
    asked, under = asked or Asked(), rules or Rules()
    record = lookup.program(view, program) if program else None
    as_of = asked.as_of or moments.today(record["time_zone"] if record else under.time_zone)
    known, now = moments.Known.in_views(journal, asked.known_at, view.position)
    scope = Scope(record, term if record else None, asked.period(as_of), under)
    earlier, stands = None if now else known.position, frozen(view)
    mark = marks.of_scope(view, record, stands) if record or now else view.number
    key = ("scope", record and record["id"], scope.term, scope.period, rules, earlier, mark)
    data = view.kept.get(key, lambda: _figures(journal, view, scope, earlier))
    return answered(known, as_of, stands, data)


def _figures(journal: Journal, view: View, scope: Scope, known: int | None) -> dict[str, Any]:
    """The figures of a scope as it is known now, or was at a position."""
    record, term, period, rules = scope
    name, its_terms = ORGANIZATION, []
    if record and term:
        name = scope_of(record["id"], lookup.term(view, record, term))
    elif record:
        name, its_terms = scope_of(record["id"]), lookup.terms(view, record)
    names = [name, *(scope_of(name, one) for one in its_terms)]
    moment = Moment(record["id"] if record else None, known, period.at)
    sums = sums_at(journal, view, names, moment, rules)
    data = dashboard.answer(sums[name], period, rules)
    if term:
        del data["mentor_load"]  # mentors carry a program, not a term
    return {
        "program": {"id": record["id"], "name": record["name"]} if record else None,
        "term": term,
        **data,
        "terms": [_term(record, one, sums, period) for one in its_terms if record],
    }


def _term(program: Record, name: str, sums: Mapping[str, Sums], period: Period) -> dict[str, Any]:
    """How a program did in one term."""
    its_sums = sums[scope_of(program["id"], name)]
    calendar = program["terms"].get(name, {})
    return {
        "term": name,
        "begins_on": calendar.get("begins_on"),
        "ends_on": calendar.get("ends_on"),
        "served": served(its_sums, period),
        "active": its_sums.total("active"),
        "sessions": its_sums.within("sessions", period),
        "hours": round(its_sums.within("minutes", period) / 60, 2),
    }
