"""How the three sorts of relationships go: how often people meet, what they aim at, how it ends."""

from dataclasses import dataclass

from scripts.generate.plan import Sort


@dataclass(frozen=True, slots=True)
class Shape:
    """The habits of one sort of relationship. Shares are chances, in 0..1."""

    gap: float
    """Days between two sessions, for a pair of usual pace."""
    first: tuple[int, int]
    """From how many days after the start to how many the first session takes place."""
    most: int
    """Sessions at most."""
    goals: tuple[int, int]
    length: tuple[int, int]
    """How many days it lasts where no program plans it."""
    early: float
    longer: float
    """How many end before the plan, and how many after it."""
    pauses: float
    co_mentor: float
    told: float
    """How many tell, around the middle and near the end, how it goes."""
    farewell: float
    """How many give feedback once it has ended."""
    session_told: float
    """How many sessions the mentee rates."""
    milestones: tuple[tuple[str, float], ...]
    """What is marked, after which share of the planned length."""


SHAPES: dict[Sort, Shape] = {
    "structured": Shape(
        gap=26.0,
        first=(2, 24),
        most=200,
        goals=(3, 3),
        length=(0, 0),
        early=0.18,
        longer=0.12,
        pauses=0.09,
        co_mentor=0.16,
        told=0.75,
        farewell=0.55,
        session_told=0.12,
        milestones=(("kickoff", 0.06), ("midterm", 0.5), ("final", 0.95)),
    ),
    "informal": Shape(
        gap=33.0,
        first=(0, 30),
        most=120,
        goals=(0, 1),
        length=(120, 540),
        early=0.3,
        longer=0.0,
        pauses=0.06,
        co_mentor=0.03,
        told=0.3,
        farewell=0.2,
        session_told=0.05,
        milestones=(),
    ),
    "flash": Shape(
        gap=7.0,
        first=(0, 6),
        most=1,
        goals=(0, 0),
        length=(8, 14),
        early=0.0,
        longer=0.0,
        pauses=0.0,
        co_mentor=0.0,
        told=0.0,
        farewell=0.1,
        session_told=0.5,
        milestones=(),
    ),
}
