"""The sessions of one relationship: they meet, it is written down at once or late, and now and then put right."""

from datetime import date, timedelta
from typing import Any

from domain.relationship import CorrectSession, GiveFeedback, HoldSession, ReinstateSession, VoidSession
from domain.relationship.events import VoidReason
from domain.relationship.feedback import OF_A_MENTOR
from scripts.generate.bond import Bond
from scripts.generate.words import MINUTES, MODES, TOPICS, comment, explanation, judgment, summary

LATE = 0.2
"""The share of sessions that are recorded more than three days later,"""
_LATE_DAYS = (4, 4, 5, 5, 6, 7, 7, 9, 12, 16, 21, 28)
CORRECTED = 0.02
VOIDED = 0.01
_REINSTATED = 0.25
_VOID_REASONS: tuple[VoidReason, ...] = (
    "never_happened",
    "never_happened",
    "duplicate",
    "wrong_relationship",
    "test",
)
_QUALITIES = tuple(sorted(OF_A_MENTOR))


class Meetings:
    """When they meet, and what is recorded of it."""

    __slots__ = ("_bond", "_held", "_thread", "last")

    def __init__(self, bond: Bond) -> None:
        self._bond = bond
        self._held = 0
        self._thread = 0
        """Rises when they begin or go on: what was foreseen before is dropped."""
        self.last: date | None = None
        """The day on which they met last."""

    def go_on(self) -> None:
        """They begin to meet, or do so again."""
        bond = self._bond
        self._thread += 1
        wait = self._gap() / 2 if self.last else bond.chance.whole(*bond.shape.first)
        bond.shard.after(max(wait, 1), self.meet, self._thread)

    def meet(self, thread: int) -> None:
        """They meet. Nobody records two sessions of one day."""
        bond, chance, today = self._bond, self._bond.chance, self._bond.shard.today
        if thread != self._thread or not bond.going:
            return
        earliest = max(bond.since, self.last + timedelta(days=1)) if self.last else bond.since
        self.last = today
        self._held += 1
        wait = chance.of(_LATE_DAYS) if chance.roll() < LATE else chance.of((0, 0, 0, 0, 0, 1, 1, 2, 3))
        if wait:
            bond.shard.after(wait, self.record, today, earliest)
        else:
            self.record(today, earliest)
        if self._held < bond.shape.most:
            bond.shard.after(self._gap(), self.meet, thread)

    def record(self, held_on: date, earliest: date) -> None:
        """One of them writes it down. `earliest`: the first day on which it could have been, were this one wrong."""
        bond, chance = self._bond, self._bond.chance
        session, minutes = chance.id(), chance.of(MINUTES) if chance.roll() < 0.97 else 10
        starts_at = None
        if chance.roll() < 0.6:
            ended = bond.shard.now - (bond.shard.today - held_on)
            starts_at = (ended - timedelta(minutes=minutes + 5)).replace(second=0, microsecond=0)
        wish = HoldSession(
            relationship=bond.id,
            session=session,
            held_on=held_on,
            starts_at=starts_at,
            minutes=minutes,
            mode=chance.of(MODES),
            topics=chance.some(TOPICS, 0, 3),
            summary=summary(chance),
        )
        bond.shard.do(wish, *bond.someone())
        roll = chance.roll()
        if roll < CORRECTED:
            bond.shard.after(chance.whole(1, 12), self.correct, session, held_on, earliest, minutes, starts_at)
        elif roll < CORRECTED + VOIDED:
            bond.shard.after(chance.whole(1, 10), self.void, session)
        elif bond.open and roll < CORRECTED + VOIDED + bond.shape.session_told:
            self._rate(session)

    def correct(self, session: str, held_on: date, earliest: date, minutes: int, starts_at: Any) -> None:
        """What was recorded was wrong."""
        bond, chance = self._bond, self._bond.chance
        right: dict[str, Any] = {"reason": chance.of(("typo", "wrong_date", "misremembered"))}
        roll = chance.roll()
        if roll < 0.3 and earliest < held_on:
            right |= {"held_on": held_on - timedelta(days=1), "reason": "wrong_date"}
            if starts_at:
                right["starts_at"] = starts_at - timedelta(days=1)
        elif roll < 0.75:
            right["minutes"] = minutes + chance.of((-5, 5, 15, 30))
        elif roll < 0.9:
            right["topics"] = chance.some(TOPICS, 1, 2)
        if roll > 0.8:
            right["summary"] = summary(chance)
        wish = CorrectSession(relationship=bond.id, session=session, explanation=explanation(chance), **right)
        bond.shard.do(wish, *bond.someone())

    def void(self, session: str) -> None:
        """It did not happen; which turns out to be wrong for some."""
        bond, chance = self._bond, self._bond.chance
        reason = chance.of(_VOID_REASONS)
        wish = VoidSession(relationship=bond.id, session=session, reason=reason, explanation=explanation(chance))
        bond.shard.do(wish, *bond.someone())
        if chance.roll() < _REINSTATED:
            bond.shard.after(chance.whole(1, 9), self.reinstate, session)

    def reinstate(self, session: str) -> None:
        """It did happen after all."""
        bond = self._bond
        wish = ReinstateSession(
            relationship=bond.id,
            session=session,
            reason="it_did_happen",
            explanation=explanation(bond.chance),
        )
        bond.shard.do(wish, *bond.someone())

    def _rate(self, session: str) -> None:
        bond = self._bond
        wish = GiveFeedback(
            relationship=bond.id,
            feedback=bond.chance.id(),
            about="session",
            session=session,
            to=bond.mentor.id,
            comment=comment(bond.chance),
            **judgment(bond.chance, _QUALITIES, bond.leaning),
        )
        bond.shard.do(wish, bond.mentee, "mentee")

    def _gap(self) -> float:
        bond = self._bond
        return max(1.0, bond.shape.gap / bond.pace * (0.6 + 0.8 * bond.chance.roll()))
