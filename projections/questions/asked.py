"""How a question about figures is asked, and what its answer says beside the figures."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from projections.figures.sums import Period
from projections.moments import Known, in_order, rfc3339
from projections.views import View

RULES_VERSION = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question is asked: as of which day, as known at which moment, and about which days.

    Refused (WRONG_ORDER) when these end before they begin.
    """

    as_of: date | None = None
    known_at: datetime | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        in_order(self.since, self.until)

    def period(self, as_of: date) -> Period:
        return Period.asked(as_of, self.since, self.until)


def answered(known: Known, as_of: date, frozen: list[dict[str, Any]], data: dict[str, Any]) -> dict[str, Any]:
    """`{position, as_of, known_at, rules, frozen, data}`."""
    return {
        "position": known.position,
        "as_of": as_of.isoformat(),
        "known_at": rfc3339(known.at),
        "rules": RULES_VERSION,
        "frozen": frozen,
        "data": data,
    }


def frozen(view: View) -> list[dict[str, Any]]:
    """The records that stand still because of an event that could not be folded, and since which position."""
    return [{"noun": one.noun, "root": one.root, "position": one.position} for one in view.frozen()]
