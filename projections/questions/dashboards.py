"""The dashboard of the organization, a program or a term, at a day and as known at a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.journal import Journal
from domain.rules import Rules
from projections import moments
from projections.figures import ORGANIZATION, dashboard, scope_of
from projections.figures.relationships import served
from projections.figures.sums import Period, Sums
from projections.questions import lookup
from projections.questions.moving import refold, rewind
from projections.questions.stored import Stored
from projections.records import Record
from projections.views import View

RULES_VERSION = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question is asked: as of which day, as known at which moment, and about which days."""

    as_of: date | None = None
    known_at: datetime | None = None
    since: date | None = None
    until: date | None = None

    def period(self, as_of: date) -> Period:
        return Period.asked(as_of, self.since, self.until)


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
    asked, rules = asked or Asked(), rules or Rules()
    record = lookup.program(view, program) if program else None
    its_terms = lookup.terms(view, record) if record else []
    if record and term:
        its_terms, scope = [], scope_of(record["id"], lookup.term(view, record, term))
    else:
        scope = record["id"] if record else ORGANIZATION
    as_of = asked.as_of or moments.today(record["time_zone"] if record else rules.time_zone)
    period = asked.period(as_of)
    wanted = [scope, *(scope_of(record["id"], name) for name in its_terms if record)]
    sums, position, known = sums_at(
        journal, view, wanted, period.at, asked.known_at, rules, record["id"] if record else None
    )
    data = dashboard.answer(sums[scope], period, rules)
    if term:
        del data["mentor_load"]  # mentors carry a program, not a term
    return {
        "position": position,
        "as_of": as_of.isoformat(),
        "known_at": moments.rfc3339(known),
        "rules": RULES_VERSION,
        "frozen": frozen(view),
        "data": {
            "program": {"id": record["id"], "name": record["name"]} if record else None,
            "term": term if record else None,
            **data,
            "terms": [_term(record, name, sums, period) for name in its_terms if record],
        },
    }


def sums_at(
    journal: Journal,
    view: View,
    wanted: list[str],
    before: str,
    known_at: datetime | None,
    rules: Rules,
    program: str | None,
) -> tuple[dict[str, Sums], int, datetime]:
    """The sums of some scopes at T, the position they show, and the moment they are known at.

    What is known now is read from the views; what was known earlier is folded again from the journal.
    """
    known = moments.Known.by(journal, known_at)
    if known_at is None or known.position >= view.position:
        stored: dict[str, Sums] = {scope: Stored(view, scope) for scope in wanted}
        rewind(view, stored, before, rules, program)
        return stored, view.position, known.at
    sums = {scope: Sums() for scope in wanted}
    refold(journal, view, sums, known.position, before, rules, program)
    return sums, known.position, known.at


def frozen(view: View) -> list[dict[str, Any]]:
    """The records that stand still because of an event that could not be folded, and since which position."""
    return [{"noun": one.noun, "root": one.root, "position": one.position} for one in view.frozen()]


def _term(program: Record, name: str, sums: dict[str, Sums], period: Period) -> dict[str, Any]:
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
