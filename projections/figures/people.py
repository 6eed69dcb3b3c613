"""Who takes part: mentors, those who lead, co-mentor places, mentees.

mentor, lead, co, mentee     code: the person; value: in how many relationships
"""

from collections.abc import Iterator
from typing import Any

from domain.rules import Rules
from projections.figures.sums import Contribution, Period, Sums


def contribute(record: dict[str, Any]) -> Iterator[Contribution]:
    yield "mentee", record["mentee"], "", 1
    yield "lead", record["mentor"], "", 1
    yield "mentor", record["mentor"], "", 1
    for person, _, _ in record["co_mentors"]:
        yield "co", person, "", 1
        yield "mentor", person, "", 1


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """People ever seen before T, each counted once; `co_mentor_places` counts places, not people."""
    return {
        "mentors": sums.distinct("mentor"),
        "leading": sums.distinct("lead"),
        "mentees": sums.distinct("mentee"),
        "co_mentor_places": sums.total("co"),
    }
