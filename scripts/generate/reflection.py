"""What the two say of one another on the way and at the end; some think again, some take it back."""

from domain.relationship import GiveFeedback, RetractFeedback, ReviseFeedback
from domain.relationship.events import FeedbackAbout
from domain.relationship.feedback import OF_A_MENTEE, OF_A_MENTOR
from scripts.generate.bond import Bond
from scripts.generate.words import comment, explanation, judgment

_OF_A_MENTOR, _OF_A_MENTEE = tuple(sorted(OF_A_MENTOR)), tuple(sorted(OF_A_MENTEE))
_ANSWERED = 0.7
_OF_ONESELF = 0.3
_RETRACTED = 0.02


class Reflection:
    """The feedback of one relationship."""

    __slots__ = ("_bond", "_given")

    def __init__(self, bond: Bond) -> None:
        self._bond = bond
        self._given: dict[tuple[str, str], str] = {}
        """(author, subject) -> the live feedback about the relationship."""

    def tell(self) -> None:
        """The mentee says how it goes; most mentors do the same, and some judge themselves."""
        bond, chance = self._bond, self._bond.chance
        if not bond.going:
            return
        self._say(bond.mentee, "mentee", bond.mentor.id)
        if chance.roll() < _ANSWERED:
            self._say(bond.mentor.id, "mentor", bond.mentee)
        if chance.roll() < _OF_ONESELF:
            self._say(bond.mentor.id, "mentor", bond.mentor.id)

    def farewell(self) -> None:
        """Once it has ended, the mentee looks back."""
        self._give(self._bond.mentee, "mentee", self._bond.mentor.id, "closure")

    def take_back(self, author: str, role: str, to: str) -> None:
        """Somebody takes back what they said."""
        bond = self._bond
        if feedback := self._given.pop((author, to), ""):
            wish = RetractFeedback(
                relationship=bond.id,
                feedback=feedback,
                reason=bond.chance.of(("said_in_anger", "mistaken", "prefer_not_to_say")),
                explanation=explanation(bond.chance),
            )
            bond.shard.do(wish, author, role)

    def _say(self, author: str, role: str, to: str) -> None:
        """Feedback about the relationship: the first time it is given, then revised."""
        bond = self._bond
        feedback = self._given.get((author, to))
        if feedback is None:
            self._given[author, to] = self._give(author, role, to, "relationship")
        else:
            wish = ReviseFeedback(
                relationship=bond.id,
                feedback=feedback,
                comment=comment(bond.chance),
                **judgment(bond.chance, self._qualities(to), bond.leaning),
            )
            bond.shard.do(wish, author, role)
        if bond.chance.roll() < _RETRACTED:
            bond.shard.after(bond.chance.whole(1, 10), self.take_back, author, role, to)

    def _give(self, author: str, role: str, to: str, about: FeedbackAbout) -> str:
        bond = self._bond
        wish = GiveFeedback(
            relationship=bond.id,
            feedback=bond.chance.id(),
            about=about,
            to=to,
            comment=comment(bond.chance),
            **judgment(bond.chance, self._qualities(to), bond.leaning),
        )
        bond.shard.do(wish, author, role)
        return wish.feedback

    def _qualities(self, to: str) -> tuple[str, ...]:
        return _OF_A_MENTEE if to == self._bond.mentee else _OF_A_MENTOR
