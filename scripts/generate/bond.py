"""A mentor and a mentee in one relationship: what everything in its life needs to know."""

from scripts.generate.people import Mentor
from scripts.generate.plan import Pairing
from scripts.generate.programs import Program
from scripts.generate.shapes import SHAPES
from scripts.generate.shard import Shard

Who = tuple[str, str, str | None]
"""Who records something, in which role, and for whom."""


class Bond:
    """Who they are, whether they are together, and since when."""

    __slots__ = (
        "chance",
        "id",
        "leaning",
        "length",
        "mentee",
        "mentor",
        "open",
        "pace",
        "paused",
        "program",
        "shape",
        "shard",
        "since",
        "sort",
    )

    def __init__(self, shard: Shard, pairing: Pairing) -> None:
        self.shard, self.chance = shard, shard.chance
        self.sort, self.shape = pairing.sort, SHAPES[pairing.sort]
        self.id = self.mentee = ""
        self.mentor: Mentor
        self.program: Program | None = None
        self.open = self.paused = False
        self.since = pairing.on
        """The day since which it is open and not paused."""
        self.length = 0
        """How many days it is planned for."""
        self.pace = _pace(self.chance.roll())
        """How much oftener than usual they meet."""
        self.leaning = 2.9 + 2.0 * max(self.chance.roll(), self.chance.roll())
        """The rating that they tend to give one another."""

    @property
    def going(self) -> bool:
        """Whether it is open and not paused."""
        return self.open and not self.paused

    def someone(self) -> Who:
        """Whoever records something: the mentor, the mentee, or a coordinator for the mentor."""
        roll = self.chance.roll()
        if roll < 0.55:
            return self.mentor.id, "mentor", None
        if self.program is None or roll < 0.9:
            return self.mentee, "mentee", None
        return self.chance.of(self.program.coordinators), "coordinator", self.mentor.id


def _pace(roll: float) -> float:
    """Most meet about as often as planned, some hardly, a few every week; 1 on average."""
    if roll < 0.22:
        return 0.5
    if roll < 0.9:
        return 1.0
    return 1.6 if roll < 0.97 else 3.2
