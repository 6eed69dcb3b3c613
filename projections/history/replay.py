"""One relationship at any moment, by both clocks: event by event, in words, with the state after each."""

from datetime import date, datetime
from typing import Any

from domain.journal import Journal
from domain.refusals import Unknown
from domain.rules import Rules
from projections import moments
from projections.history.names import Names
from projections.history.states import Standing
from projections.history.telling import Teller, envelope

AT_EVERY_DAY = frozenset(
    {"SessionCorrected", "SessionVoided", "SessionReinstated", "FeedbackRetracted", "GoalMetRetracted"}
)
"""Kinds that say what was always true: they apply at every T, whenever they were said."""


def replay(
    journal: Journal,
    relationship: str,
    as_of: date | None = None,
    known_at: datetime | None = None,
    rules: Rules | None = None,
) -> dict[str, Any]:
    """The events of a relationship and its goals recorded by `known_at`, and the state at the end of `as_of`.

    `known_at` cuts the journal. `as_of` does not: an event whose fact is dated later is shown with `later: true`,
    and the state leaves it out; corrections, voids and retractions apply whatever their day. Unknown when this id
    is no relationship's.
    """
    rules = rules or Rules()
    known = moments.Known.by(journal, known_at)
    on = as_of or moments.today(_time_zone(journal, relationship, rules))
    before = moments.midnight_after(on)
    teller = Teller(Names(journal))
    standing = Standing(before, teller.name, rules)
    events = []
    state = None
    for entry in journal.entries(root=relationship, until=known.position):
        telling = teller.tell(entry)
        state = standing.after(teller.records.get(relationship), entry.kind, telling.session)
        events.append(
            {
                **envelope(entry, teller.name),
                "sentence": telling.sentence,
                "changes": telling.changes,
                "later": entry.occurred_on >= before and entry.kind not in AT_EVERY_DAY,
                "fits": telling.fits,
                "state": state,
            }
        )
    return {
        "relationship": relationship,
        "as_of": on.isoformat(),
        "known_at": moments.rfc3339(known.at),
        "position": known.position,
        "hash": journal.hash_at(known.position).hex(),
        "events": events,
        "state": state,
    }


def _time_zone(journal: Journal, relationship: str, rules: Rules) -> str:
    """Where the days of this relationship begin: the program's time zone, else the organization's."""
    for first in journal.entries(root=relationship, limit=1):
        if first.kind != "Paired":
            break
        program = first.data()["program"]
        drafted = journal.entries(root=program, limit=1) if program else iter(())
        return next((str(entry.data()["time_zone"]) for entry in drafted), rules.time_zone)
    raise Unknown(f"there is no relationship {relationship}; check the id, `journal relationships` lists them")
