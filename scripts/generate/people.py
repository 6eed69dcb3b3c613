"""Who takes part in one shard: its mentors, some of whom carry many relationships, and its mentees."""

from collections import deque

from domain.participant import participant_id
from scripts.generate.chance import Chance

BUSY = 0.1
"""The share of mentors who carry many relationships,"""
CARRY = 0.35
"""and the share of the relationships that they carry."""

_DEFAULT_CAPACITY = 2
_TRIES = 4
_RETURNING = 0.08
_REMEMBERED = 500


class Mentor:
    """A mentor: the places they offer, and how many of these are taken or promised."""

    __slots__ = ("capacity", "ever", "id", "reference", "registered", "taken")

    def __init__(self, reference: str, capacity: int | None) -> None:
        self.reference = reference
        self.id = participant_id(reference)
        self.capacity = capacity
        """The number they say when they register; None when they leave it to the rules."""
        self.registered = False
        self.taken = 0
        self.ever = 0

    @property
    def places(self) -> int:
        return _DEFAULT_CAPACITY if self.capacity is None else self.capacity


class People:
    """The people of one shard. Nobody is in two shards."""

    def __init__(self, relationships: int, years: int, shard: int, shards: int, chance: Chance) -> None:
        self._chance = chance
        self._shard, self._shards = shard, shards
        self._mentees = 0
        self._former: deque[str] = deque()
        many = max(3, round(relationships / max(2.2, 1.2 * years)))
        busy = max(1, round(many * BUSY))
        mentors = [Mentor(self._reference("mentor", n), self._capacity(n < busy)) for n in range(many)]
        self._busy, self._others = mentors[:busy], mentors[busy:]

    def mentor_with_a_place(self) -> tuple[Mentor, bool]:
        """A mentor for a new relationship, whose place is promised now; and whether it is one more than they offer."""
        group = self._busy if self._chance.roll() < CARRY else self._others
        for _ in range(_TRIES):
            one, other = self._chance.of(group), self._chance.of(group)
            mentor = one if (one.ever, one.reference) <= (other.ever, other.reference) else other
            if mentor.taken < mentor.places:
                break
        mentor.taken += 1
        mentor.ever += 1
        return mentor, mentor.taken > mentor.places

    def co_mentor(self) -> Mentor:
        """Any mentor at all; helping out takes no place."""
        return self._chance.of(self._others)

    def mentee(self) -> tuple[str, str]:
        """`(id, reference)` of somebody who looks for a mentor; the reference is empty for those who come back."""
        if self._former and self._chance.roll() < _RETURNING:
            former = self._former.popleft()
            return former, ""
        self._mentees += 1
        reference = self._reference("mentee", self._mentees - 1)
        return participant_id(reference), reference

    def remember(self, mentee: str) -> str:
        """This mentee's relationship is over for good; they may come back. Who will not any more, if anyone."""
        self._former.append(mentee)
        return self._former.popleft() if len(self._former) > _REMEMBERED else ""

    def _reference(self, role: str, n: int) -> str:
        return f"{role}-{n * self._shards + self._shard + 1:05d}"

    def _capacity(self, busy: bool) -> int | None:
        if busy:
            return self._chance.whole(5, 8)
        return self._chance.of((None, None, 1, 2, 2, 3, 4))
