"""One relationship at any moment, by both clocks: event by event, in words, with the state after each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from domain.journal import Entry, Journal
from domain.refusals import Unknown
from domain.rules import Rules
from projections import moments
from projections.history.names import Names
from projections.history.states import ALL, Part, Standing
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
    part: Part = ALL,
) -> dict[str, Any]:
    """The events of a relationship and its goals recorded by `known_at`, and the state at the end of `as_of`.

    `known_at` cuts the journal. `as_of` does not: an event whose fact is dated later is shown with `later: true`,
    and the state leaves it out; corrections, voids and retractions apply whatever their day. With `part`, the states
    tell only that part; the events are all there. Unknown when this id is no relationship's.
    """
    rules = rules or Rules()
    known = moments.Known.by(journal, known_at)
    entries = list(journal.entries(root=relationship, until=known.position))
    paired = _pairing(journal, relationship, entries)
    names = Names(journal)
    names.learn([paired["mentor"], paired["mentee"], paired["program"]])
    on = as_of or moments.today(_time_zone(journal, paired["program"], rules))
    before = moments.midnight_after(on)
    teller = Teller(names)
    standing = Standing(before, teller.name, rules, part)
    events = []
    state = None
    for entry in entries:
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


def _pairing(journal: Journal, relationship: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """What its first event says, also where that is not known yet at the moment that is asked for."""
    first = entries[0] if entries else journal.firsts([relationship]).get(relationship)
    if first is None or first.kind != "Paired":
        raise Unknown(f"there is no relationship {relationship}; check the id, `journal relationships` lists them")
    return first.data()


def _time_zone(journal: Journal, program: str | None, rules: Rules) -> str:
    """Where its days begin: the program's time zone, else the organization's."""
    drafted = journal.firsts([program]) if program else {}
    return next((str(first.data()["time_zone"]) for first in drafted.values()), rules.time_zone)
