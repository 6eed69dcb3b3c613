"""One goal of a relationship: proposed, agreed, worked towards, and met or not."""

from datetime import timedelta

from domain.goal import (
    AbandonGoal,
    AgreeGoal,
    MeetGoal,
    MissGoal,
    ProposeGoal,
    ReportProgress,
    RetractGoalMet,
)
from scripts.generate.bond import Bond
from scripts.generate.words import CATEGORIES, SKILLS, aim, evidence, explanation

_NEVER_AGREED = 0.05
_MET, _MISSED, _ABANDONED = 0.64, 0.12, 0.09
"""How they end; the rest is left open."""
_REPORTS = 5
_FALLS = 0.05
_RETRACTED = 0.03


class Striving:
    """A goal, and how far it is."""

    __slots__ = ("_bond", "_days", "_percent", "_reports", "id")

    def __init__(self, bond: Bond) -> None:
        self._bond = bond
        self.id = bond.chance.id()
        self._days = 0
        """From its agreement to its target."""
        self._percent = 0
        self._reports = _REPORTS

    def propose(self) -> None:
        """The mentee, or the mentor, proposes it."""
        bond, chance = self._bond, self._bond.chance
        if not bond.open:
            return
        self._days = int(max(45, bond.length) * (0.35 + 0.45 * chance.roll()))
        wish = ProposeGoal(
            id=self.id,
            relationship=bond.id,
            category=chance.of(CATEGORIES),
            skills=chance.some(SKILLS, 0, 2),
            target_on=bond.shard.today + timedelta(days=self._days),
            **aim(chance),
        )
        bond.shard.do(wish, *bond.someone())
        if chance.roll() >= _NEVER_AGREED:
            bond.shard.after(chance.whole(0, 12), self.agree)

    def agree(self) -> None:
        """They agree on it."""
        bond = self._bond
        if bond.open:
            bond.shard.do(AgreeGoal(goal=self.id), *bond.someone())
            self._next(self.report)

    def report(self) -> None:
        """They say how far it is; mostly farther than the last time."""
        bond, chance = self._bond, self._bond.chance
        if not bond.open:
            return
        if not bond.paused:
            falls = self._percent >= 20 and chance.roll() < _FALLS
            self._percent += -10 if falls else 5 * chance.whole(1, 4)
            self._percent = min(self._percent, 95)
            wish = ReportProgress(
                goal=self.id,
                percent=self._percent,
                reason="setback" if falls else None,
                explanation=explanation(chance) if falls else "",
            )
            bond.shard.do(wish, *bond.someone())
            self._reports -= 1
        self._next(self.report if self._reports else self.end)

    def end(self) -> None:
        """It is met, or missed, or given up; or nobody says a word."""
        bond, chance = self._bond, self._bond.chance
        if not bond.open:
            return
        roll = chance.roll()
        if roll < _MET:
            self.meet()
        elif roll < _MET + _MISSED:
            reason = chance.of(("ran_out_of_time", "harder_than_thought", "priorities_changed"))
            wish = MissGoal(goal=self.id, reason=reason, explanation=explanation(chance))
            bond.shard.do(wish, *bond.someone())
        elif roll < _MET + _MISSED + _ABANDONED:
            reason = chance.of(("no_longer_wanted", "priorities_changed", "replaced"))
            given_up = AbandonGoal(goal=self.id, reason=reason, explanation=explanation(chance))
            bond.shard.do(given_up, *bond.someone())

    def meet(self) -> None:
        """They got there; a few find later that they had not."""
        bond, chance = self._bond, self._bond.chance
        if bond.open:
            bond.shard.do(MeetGoal(goal=self.id, evidence=evidence(chance)), *bond.someone())
            if chance.roll() < _RETRACTED:
                bond.shard.after(chance.whole(3, 20), self.retract)

    def retract(self) -> None:
        """It was not met after all; half of these are met later."""
        bond, chance = self._bond, self._bond.chance
        if bond.open:
            reason = chance.of(("not_yet", "measured_wrongly"))
            wish = RetractGoalMet(goal=self.id, reason=reason, explanation=explanation(chance))
            bond.shard.do(wish, *bond.someone())
            if chance.roll() < 0.5:
                bond.shard.after(chance.whole(10, 50), self.meet)

    def _next(self, happens: object) -> None:
        """The next report, or the end, after a sixth of the way, more or less."""
        assert callable(happens)
        chance = self._bond.chance
        self._bond.shard.after(self._days / (_REPORTS + 1) * (0.7 + 0.6 * chance.roll()), happens)
