"""A believable journal, made up: people live through the years, and what they wish is decided and written down."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from domain.journal import Draft, Journal, micros
from domain.refusals import Refusal, Refused
from domain.rules import Rules
from scripts.generate.chance import Chance
from scripts.generate.desk import Desk, Written, plain
from scripts.generate.plan import Plan
from scripts.generate.programs import planned, setting_up
from scripts.generate.workers import chunks

_ADMINISTRATOR = "administrator"
_SAMPLE = 1000


def generate(
    journal: Journal,
    *,
    relationships: int | None = None,
    events: int | None = None,
    years: int,
    until: date,
    seed: int,
) -> dict[str, int | float]:
    """Fill an empty journal with so many `relationships`, or with about so many `events`.

    The answer: `relationships, events, position, seconds`. Commands decide every event.
    Equal arguments give equal bytes. Refused (WRONG_STATE) when the journal is not empty.
    """
    began = time.perf_counter()
    if journal.position():
        raise Refused(
            Refusal.WRONG_STATE,
            f"the journal already holds {journal.position()} events; generate into a new, empty one",
        )
    if relationships is None:
        relationships = enough_for(events or 0, years, until, seed)
    plan = Plan(relationships, years, until, seed)
    with _no_collection(), written(plan) as chunks:
        position = journal.append(map(Draft._make, chunk) for chunk in chunks)
    return {
        "relationships": relationships,
        "events": position,
        "position": position,
        "seconds": round(time.perf_counter() - began, 3),
    }


@contextmanager
def written(plan: Plan) -> Iterator[Iterator[list[Written]]]:
    """Everything of this plan, in the order in which it is recorded, in chunks; while the block lasts."""
    chance = Chance(plan.seed, "programs")
    programs = planned(plan, chance)
    desk = Desk(Rules(), chance)
    now = datetime.min.replace(tzinfo=UTC)
    set_up: list[Written] = []
    for day, command in setting_up(plan, programs, chance):
        now = max(now + timedelta(seconds=20), datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        set_up += map(plain, desk.decide(command, micros(now), _ADMINISTRATOR, _ADMINISTRATOR))
    with chunks(plan, programs, desk.held) as lived:
        yield chain([set_up], lived)


def enough_for(events: int, years: int, until: date, seed: int) -> int:
    """How many relationships make about so many events: tried on a few hundred."""
    tried = min(_SAMPLE, events // 20 + 10)
    with written(Plan(tried, years, until, seed)) as sample:
        first, *rest = map(len, sample)
    return max(1, round((events - first) * tried / sum(rest)))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of plain values come and go here, none of them in a circle: looking for circles takes time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
