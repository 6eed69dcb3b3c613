"""Sessions: recorded when they were held, and put right when the record is wrong."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from domain.days import said_or_today
from domain.decider import Fact, Stamp, States
from domain.facts import Code, Id, Personal, certain
from domain.refusals import Refusal, Refused, Unknown
from domain.relationship.events import (
    Mode,
    SessionChanges,
    SessionCorrected,
    SessionHeld,
    SessionReinstated,
    SessionVoided,
    VoidReason,
)
from domain.relationship.state import Relationship, Session
from domain.relationship.wish import RelationshipWish, time_zone, today
from domain.rules import Rules


class HoldSession(RelationshipWish):
    """Record that we met. Without a day it was the local day of `starts_at`, or else today."""

    session: Id
    held_on: date | None = None
    starts_at: AwareDatetime | None = None
    minutes: int
    mode: Mode = "other"
    topics: tuple[Code, ...] = ()
    attended_by: tuple[Id, ...] | None = Field(default=None, min_length=1)
    """Who was there; by default mentee and lead mentor."""
    distinct_from: Id | None = None
    """The session that this one is easily mistaken for, but is not."""
    summary: Personal = ""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        known = relationship.sessions.get(self.session)
        if known is not None:
            return self._again(known)
        zone = time_zone(states, relationship)
        paired = relationship.paired
        held_on = self.held_on or stamp.local_day(self.starts_at or stamp.now, zone)
        attended_by = self.attended_by or (paired.mentee, paired.mentor)
        session = Session(
            held_on, self.starts_at, self.minutes, self.mode, self.topics, attended_by, self.distinct_from
        )
        _refuse_duration(session, stamp.rules)
        _refuse_day(session, relationship, stamp.today(zone))
        _refuse_start_off_day(session, stamp, zone)
        if self.attended_by is not None:
            _refuse_strangers(session, relationship)
        _refuse_duplicate(self.session, session, relationship)
        event = certain(
            SessionHeld,
            session=self.session,
            held_on=held_on,
            starts_at=self.starts_at,
            minutes=self.minutes,
            mode=self.mode,
            topics=self.topics,
            attended_by=attended_by,
            asserted_by=stamp.acting,
            distinct_from=self.distinct_from,
            summary=self.summary,
        )
        return [self.fact(event, relationship.people() if self.summary else ())]

    def _again(self, known: Session) -> list[Fact]:
        """The session is recorded already: fine when the details that were said are the same."""
        said = {name: value for name in Session._fields[:7] if (value := getattr(self, name)) is not None}
        if known.void is not None:
            raise Refused(
                Refusal.ALREADY_VOID,
                f"the session {self.session} was recorded and voided; reinstate it",
                "session",
            )
        if known._replace(**said) != known:
            raise Refused(
                Refusal.ID_TAKEN,
                f"the session {self.session} is recorded with other details; correct it, or choose a new id",
                "session",
            )
        return []


class CorrectSession(RelationshipWish):
    """Put right what was recorded of a session, and say why. `starts_at: null` takes the time of day back."""

    session: Id
    held_on: date | None = None
    starts_at: AwareDatetime | None = None
    minutes: int | None = None
    mode: Mode | None = None
    topics: tuple[Code, ...] | None = None
    attended_by: tuple[Id, ...] | None = Field(default=None, min_length=1)
    summary: Personal | None = None
    reason: Code | None = None
    explanation: Personal = ""
    occurred_on: date | None = None

    correctable: ClassVar[tuple[str, ...]] = tuple(SessionChanges.model_fields)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        session = _recorded(self.session, relationship, stamp.rules)
        if session.void is not None:
            raise Refused(Refusal.ALREADY_VOID, "the session is void; reinstate it before correcting it", "session")
        values = self._values()
        if not values and self.summary is None:
            raise Refused(Refusal.NOTHING_CHANGED, "the correction names no field; say what is right")
        if self.reason is None:
            raise Refused(Refusal.NO_REASON, "a correction says why; give a reason", "reason")
        corrected = session._replace(**values)
        changes = {
            name: {"was": getattr(session, name), "is": value}
            for name, value in values.items()
            if getattr(session, name) != value
        }
        if not changes and self.summary is None:
            return []
        self._refuse_wrong(changes.keys(), corrected, relationship, states, stamp)
        event = SessionCorrected(
            session=self.session,
            changes=SessionChanges.model_validate(changes),
            rewritten=() if self.summary is None else ("summary",),
            reason=self.reason,
            by=stamp.acting,
            summary=self.summary or "",
            explanation=self.explanation,
            occurred_on=said_or_today(self.occurred_on, today(relationship, states, stamp)),
        )
        return [self.fact(event, relationship.people())]

    def _values(self) -> dict[str, Any]:
        """The facts that the correction names. Only the time of day can be named as nothing."""
        return {
            name: value
            for name in self.correctable
            if name in self.model_fields_set and ((value := getattr(self, name)) is not None or name == "starts_at")
        }

    def _refuse_wrong(
        self, changed: Any, corrected: Session, relationship: Relationship, states: States, stamp: Stamp
    ) -> None:
        """The rules of recording a session, asked of what the correction changes."""
        zone = time_zone(states, relationship)
        if "minutes" in changed:
            _refuse_duration(corrected, stamp.rules)
        if "held_on" in changed:
            _refuse_day(corrected, relationship, stamp.today(zone))
        if "held_on" in changed or "starts_at" in changed:
            _refuse_start_off_day(corrected, stamp, zone)
        if "held_on" in changed or "attended_by" in changed:
            _refuse_strangers(corrected, relationship)
        if not changed.isdisjoint(("held_on", "starts_at", "minutes")):
            _refuse_duplicate(self.session, corrected, relationship)


class VoidSession(RelationshipWish):
    """The session did not happen, or does not belong here."""

    session: Id
    reason: VoidReason
    explanation: Personal = ""
    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        session = _recorded(self.session, relationship, stamp.rules)
        if session.void == self.reason:
            return []
        if session.void is not None:
            raise Refused(Refusal.ALREADY_VOID, f"the session is void already, because: {session.void}", "session")
        event = SessionVoided(
            session=self.session,
            reason=self.reason,
            by=stamp.acting,
            explanation=self.explanation,
            occurred_on=said_or_today(self.occurred_on, today(relationship, states, stamp)),
        )
        return [self.fact(event, relationship.people())]


class ReinstateSession(RelationshipWish):
    """The void was wrong; the session stands, as if it had never been void: on a day that still was one of ours."""

    session: Id
    reason: Code
    explanation: Personal = ""
    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        session = _recorded(self.session, relationship, stamp.rules)
        if session.void is None:
            if session.reinstated == self.reason:
                return []
            raise Refused(Refusal.NOT_VOID, "the session is not void, so there is nothing to reinstate", "session")
        _refuse_closed(session, relationship)
        if all(span.start != session.held_on for span in relationship.pauses):
            _refuse_paused(session, relationship)
        _refuse_strangers(session, relationship)
        _refuse_duplicate(self.session, session, relationship)
        event = SessionReinstated(
            session=self.session,
            reason=self.reason,
            by=stamp.acting,
            explanation=self.explanation,
            occurred_on=said_or_today(self.occurred_on, today(relationship, states, stamp)),
        )
        return [self.fact(event, relationship.people())]


def _recorded(id: str, relationship: Relationship, rules: Rules) -> Session:
    """The session, which must be there, and still open to correction."""
    session = relationship.sessions.get(id)
    if session is None:
        raise Unknown(f"this relationship has no session {id}; check the id", "session")
    if not relationship.is_open and not rules.sessions.correct_after_closure:
        raise Refused(
            Refusal.WRONG_STATE,
            "the relationship is closed, and the rules keep its sessions as they are; re-open it",
        )
    return session


def _refuse_duration(session: Session, rules: Rules) -> None:
    shortest, longest = rules.sessions.shortest, rules.sessions.longest
    if not shortest <= session.minutes <= longest:
        raise Refused(
            Refusal.BAD_DURATION,
            f"a session lasts {shortest} to {longest} minutes, not {session.minutes}; say how long it was",
            "minutes",
        )


def _refuse_day(session: Session, relationship: Relationship, today: date) -> None:
    """FUTURE_SESSION, or NOT_OPEN_ON_DATE when the relationship was not open, or was paused, on that day."""
    if session.held_on > today:
        raise Refused(
            Refusal.FUTURE_SESSION,
            f"{session.held_on} has not come yet; record the session once it was held",
            "held_on",
        )
    _refuse_closed(session, relationship)
    _refuse_paused(session, relationship)


def _refuse_closed(session: Session, relationship: Relationship) -> None:
    held_on = session.held_on
    if not relationship.was_open(held_on):
        spans = ", ".join(f"from {start} to {end or 'now'}" for start, end in relationship.opened)
        raise Refused(
            Refusal.NOT_OPEN_ON_DATE,
            f"the relationship was not open on {held_on}, but {spans}; say a day on which it was",
            "held_on",
        )


def _refuse_paused(session: Session, relationship: Relationship) -> None:
    if relationship.was_paused(session.held_on):
        raise Refused(
            Refusal.NOT_OPEN_ON_DATE,
            f"the relationship was paused on {session.held_on}; say a day on which it was not",
            "held_on",
        )


def _refuse_start_off_day(session: Session, stamp: Stamp, zone: str | None) -> None:
    if session.starts_at is None:
        return
    local = stamp.local_day(session.starts_at, zone)
    if local != session.held_on:
        raise Refused(
            Refusal.START_OFF_DAY,
            f"{session.starts_at.isoformat()} falls on {local} here, not on {session.held_on}; make them agree",
            "starts_at",
        )


def _refuse_strangers(session: Session, relationship: Relationship) -> None:
    strangers = set(session.attended_by).difference(relationship.parties(session.held_on))
    if strangers:
        raise Refused(
            Refusal.NOT_A_PARTY,
            f"{', '.join(sorted(strangers))} did not belong to the relationship on {session.held_on}; "
            "name mentee, lead mentor or co-mentors",
            "attended_by",
        )


def _refuse_duplicate(id: str, session: Session, relationship: Relationship) -> None:
    """DUPLICATE_SESSION when another one that day could be this one, and nobody said that they are distinct."""
    apart = _said_apart(session.distinct_from, relationship)
    for other_id in relationship.days.get(session.held_on) or ():
        other = relationship.sessions.get(other_id)
        if other is None or other_id == id or other.void is not None or other_id in apart:
            continue
        if _overlap(session, other) and id not in _said_apart(other.distinct_from, relationship):
            raise Refused(
                Refusal.DUPLICATE_SESSION,
                f"the session {other_id} of the same day looks like this one; say start times that do not overlap, "
                "or record this one as distinct_from that one",
                "session",
            )


def _said_apart(named: str | None, relationship: Relationship) -> set[str]:
    """The sessions that one is distinct from which names this one: it, the one that it names in turn, and so on."""
    apart: set[str] = set()
    while named is not None and named not in apart:
        apart.add(named)
        other = relationship.sessions.get(named)
        if other is None:
            raise Unknown(f"this relationship has no session {named}; check the id", "distinct_from")
        named = other.distinct_from
    return apart


def _overlap(one: Session, other: Session) -> bool:
    """Whether two sessions of a day could be the same: their times overlap, or one has none."""
    if one.starts_at is None or other.starts_at is None:
        return True
    return one.starts_at < _end(other) and other.starts_at < _end(one)


def _end(session: Session) -> datetime:
    assert session.starts_at is not None
    return session.starts_at + timedelta(minutes=session.minutes)
