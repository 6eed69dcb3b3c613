"""Journals of hand-written events: what happened, on which day, told and recorded one after another."""

from datetime import UTC, datetime, timedelta

from domain.facts import Event
from domain.goal.events import GoalProposed
from domain.journal import Draft, Journal, micros
from domain.participant.events import ParticipantRegistered
from domain.program.events import ProgramDrafted, TermSet
from domain.relationship.events import Paired, SessionHeld
from tests.support.deciding import on
from tests.support.scenes import named

FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)


class Story:
    """Events in the order of their recording, an hour apart; each in a stream that is called by a name."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self._roots: dict[str, str] = {}
        self._now = FIRST

    def tell(
        self,
        stream: str,
        event: Event,
        *,
        by: str = "operator",
        role: str = "operator",
        via: str = "command line",
        on_behalf_of: str | None = None,
        source: str = "live",
        act: bool = True,
    ) -> "Story":
        """One more event; with `act=False` it belongs to the same act as the one before."""
        id = named(stream)
        if isinstance(event, GoalProposed):
            self._roots[id] = event.relationship
        self._now += timedelta(hours=1) if act else timedelta()
        personal = event.personal()
        self.drafts.append(
            Draft(
                self._roots.get(id, id),
                id,
                event.kind,
                event.schema_version,
                event.day.isoformat(),
                micros(self._now),
                source,
                by,
                role,
                via,
                on_behalf_of,
                0,
                "Told",
                event.facts(),
                personal or None,
                None,
                (id,) if personal else (),
            )
        )
        return self

    @property
    def now(self) -> datetime:
        """When the last event was recorded."""
        return self._now

    def written(self, database: str) -> Journal:
        """A journal that holds it all."""
        journal = Journal.create(database)
        journal.append([self.drafts])
        return journal


def registered(reference: str | None, day: str = "2026-01-01") -> ParticipantRegistered:
    return ParticipantRegistered(reference=reference, occurred_on=on(day))


def drafted(name: str, day: str = "2026-01-01") -> ProgramDrafted:
    return ProgramDrafted(name=name, occurred_on=on(day))


def term(name: str, begins_on: str, ends_on: str | None = None) -> TermSet:
    return TermSet(
        term=name,
        begins_on=on(begins_on),
        ends_on=on(ends_on) if ends_on else None,
        occurred_on=on(begins_on),
    )


def paired(
    day: str,
    program: str | None = None,
    term: str | None = None,
    mentor: str = "ann",
    mentee: str = "ben",
    planned_end: str | None = None,
) -> Paired:
    return Paired(
        mentor=named(mentor),
        mentee=named(mentee),
        program=named(program) if program else None,
        term=term,
        starts_on=on(day),
        planned_end=on(planned_end) if planned_end else None,
    )


def held(session: str, day: str, minutes: int = 60, who: tuple[str, ...] = ("ann", "ben")) -> SessionHeld:
    return SessionHeld(
        session=named(session),
        held_on=on(day),
        minutes=minutes,
        attended_by=tuple(map(named, who)),
        asserted_by=named(who[0]),
    )
