"""The audit history, from the journal itself: who recorded what, when, for whom, and what it changed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.journal import Entry, Journal
from domain.participant.registering import participant_id
from domain.refusals import Unknown
from projections.history.names import Names
from projections.history.telling import Teller, envelope
from projections.moments import in_order
from projections.views import View

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the history: what meets all that is given. Refused (WRONG_ORDER) when it ends before it begins."""

    relationship: str | None = None
    person: str | None = None
    """Their own record, and every relationship they ever belonged to."""
    actor: str | None = None
    """Who recorded it: as they signed, or a participant's reference."""
    kind: str | None = None
    since: datetime | None = None
    """Recorded then or later."""
    until: datetime | None = None
    """Recorded earlier than that."""
    after: int = 0
    """The position of the last item that was seen."""
    limit: int = 50

    def __post_init__(self) -> None:
        in_order(self.since, self.until)


def history(journal: Journal, wanted: Wanted, view: View | None = None) -> dict[str, Any]:
    """`{items, next, position}`, oldest first; `next` is the `after` of the next page, None at the end.

    A person's relationships are looked up in the view; everything else is read from the journal. Unknown when
    there is no such relationship.
    """
    if wanted.relationship and not any(journal.entries(root=wanted.relationship, limit=1)):
        raise Unknown(f"there is no relationship {wanted.relationship}; `journal relationships` lists them")
    position = journal.position()
    found = list(
        journal.entries(
            after=max(wanted.after, journal.position_at(wanted.since - _INSTANT) if wanted.since else 0),
            until=min(position, journal.position_at(wanted.until - _INSTANT) if wanted.until else position),
            root=_roots(wanted, view),
            actor=_signature(journal, wanted.actor),
            kinds=[wanted.kind] if wanted.kind else None,
            limit=wanted.limit + 1,
        )
    )
    page = found[: wanted.limit]
    return {
        "items": list(_told(journal, page)),
        "next": page[-1].position if len(found) > len(page) else None,
        "position": position,
    }


def _signature(journal: Journal, actor: str | None) -> str | None:
    """How someone signs: in so many words, or with the id of the participant who has this reference."""
    if actor is None or any(journal.entries(actor=actor, limit=1)):
        return actor
    id = participant_id(actor)
    return id if any(journal.entries(actor=id, limit=1)) else actor


def _roots(wanted: Wanted, view: View | None) -> Collection[str] | None:
    if wanted.person is None:
        return [wanted.relationship] if wanted.relationship else None
    known = view.execute("SELECT DISTINCT root FROM people WHERE person = ?", (wanted.person,)) if view else []
    theirs = {wanted.person, *(root for (root,) in known)}
    return sorted(theirs & {wanted.relationship} if wanted.relationship else theirs)


def _told(journal: Journal, page: list[Entry]) -> Iterator[dict[str, Any]]:
    """The entries of a page in words. Their roots are folded from the beginning, to know what was before."""
    if not page:
        return
    wanted = {entry.position for entry in page}
    teller = Teller(Names(journal))
    for entry in journal.entries(root={entry.root for entry in page}, until=page[-1].position):
        if entry.position not in wanted:
            teller.follow(entry)
            continue
        telling = teller.tell(entry)
        yield {
            **envelope(entry, teller.name),
            "root": entry.root,
            "sentence": telling.sentence,
            "changes": telling.changes,
            "fits": telling.fits,
        }
