"""How much mentors carry: open places against capacity. Folded from participants, not from relationships.

load         code: "places/capacity"; value: how many mentors
overloaded   code: the mentor; value: their places, where these reach the share that the rules flag
"""

from collections.abc import Iterator
from typing import Any

from domain.rules import Rules
from projections.figures.sums import Contribution, Period, Sums, ratio

JUDGED = ("load", "overloaded")


def places(record: dict[str, Any], rules: Rules) -> list[list[Any]]:
    """The places taken: those who lead, and co-mentors where the rules count them."""
    return [s for s in record["slots"] if s[4] is None and (s[1] == "lead" or rules.pairing.co_mentors_count)]


def capacity(record: dict[str, Any], rules: Rules) -> int:
    """What the mentor said last, else the default."""
    return int(record["capacity"][-1][1]) if record["capacity"] else rules.pairing.default_capacity


def judge(record: dict[str, Any], rules: Rules) -> Iterator[Contribution]:
    taken, most = len(places(record, rules)), capacity(record, rules)
    if taken:
        yield "load", f"{taken}/{most}", "", 1
        if taken >= rules.pairing.load_alert * most:
            yield "overloaded", record["id"], "", taken


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """Mentors with a place taken, at T, over all programs.

    `full`: from the flagged share of their capacity on; `over`: above it.
    """
    mentors = taken = most = over = 0
    for code, times in sums.by_code("load").items():
        its_places, its_capacity = map(int, code.split("/"))
        mentors += times
        taken += its_places * times
        most += its_capacity * times
        over += times if its_places > its_capacity else 0
    full = sums.distinct("overloaded")
    return {
        "mentors": mentors,
        "places": taken,
        "capacity": most,
        "full": full,
        "over": over,
        "full_rate": ratio(full, mentors),
    }
