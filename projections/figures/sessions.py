"""Sessions and hours that count.

sessions     day: held on
minutes      day: held on; of one session at most as many as the rules count
"""

from operator import itemgetter
from typing import Any

from domain.rules import Rules
from projections.figures.sums import Contribution, Period, Sums

JUDGED = ("sessions", "minutes")

HELD_ON = itemgetter("on")
"""The day of a session."""


def counted(record: dict[str, Any], rules: Rules) -> list[dict[str, Any]]:
    """The sessions that count: held and not void, long enough, from a source that the rules count."""
    counting = rules.sessions
    shortest, sources = counting.counted_from, counting.counted_sources
    return [
        session
        for session in record["sessions"].values()
        if session["void"] is None and session["minutes"] >= shortest and session["source"] in sources
    ]


def judge(held: list[dict[str, Any]], rules: Rules) -> list[Contribution]:
    """`held`: the sessions that count."""
    cap = rules.sessions.counted_up_to
    contributions: list[Contribution] = []
    for session in held:
        day, minutes = session["on"], session["minutes"]
        contributions += ("sessions", "", day, 1), ("minutes", "", day, min(cap, minutes))
    return contributions


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """`hours` has one decimal more than people read."""
    return {
        "count": sums.within("sessions", period),
        "hours": round(sums.within("minutes", period) / 60, 2),
    }
