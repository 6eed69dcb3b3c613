"""What is measured. Each task runs in a process of its own and prints one JSON answer."""

import json
import sys
from collections.abc import Callable
from datetime import date
from time import perf_counter
from typing import Any

from domain.journal import Journal
from domain.rules import Rules
from projections.rebuild import Plan, rebuild
from scripts.benchmarks import commanding, floor
from scripts.generate import generate

_UNTIL = date(2026, 6, 30)
_YEARS = 2
_SEED = 1
_WORKERS = 2


def fill(database: str, events: int) -> dict[str, Any]:
    """Make a journal of about so many events."""
    with Journal.create(database) as journal:
        return generate(journal, events=events, years=_YEARS, until=_UNTIL, seed=_SEED)


def fold(database: str) -> dict[str, Any]:
    """Rebuild everything, from command to swap."""
    with Journal.open(database) as journal:
        made = rebuild(journal, workers=_WORKERS, planned=Plan(None, "it is measured"))
    return {"events": made.events, "seconds": made.seconds}


def refigure(database: str, turn: int) -> dict[str, Any]:
    """Make the figures again under rules that count other sessions. Every turn has rules of its own."""
    rules = Rules().model_copy(update={"sessions": Rules().sessions.model_copy(update={"counted_from": 31 + turn})})
    with Journal.open(database) as journal:
        made = rebuild(journal, rules=rules, workers=_WORKERS)
    [rows] = [view["rows"] for view in made.views if view["name"] == "relationships"]
    return {"relationships": rows, "seconds": made.seconds, "why": made.why}


def scan(database: str) -> dict[str, Any]:
    """The floor: as many processes read and decode what folds declare, and do nothing with it."""
    with Journal.open(database) as journal:
        events = journal.position()
    began = perf_counter()
    decoded = floor.scan(database, events, _WORKERS)
    return {"events": events, "decoded": decoded, "seconds": perf_counter() - began}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "fill": fill,
    "fold": fold,
    "refigure": refigure,
    "scan": scan,
    "commands": commanding.commands,
    "commits": commanding.commits,
}


if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
