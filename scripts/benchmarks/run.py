"""One run: journals in a scratch folder, measured one figure after another, and gone afterwards."""

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.benchmarks.apart import apart
from scripts.benchmarks.machine import loop_ns, machine
from scripts.benchmarks.report import Figures, most, rate, share
from scripts.benchmarks.serving import Served

WHAT = ("generate", "rebuild", "refigure", "commands", "memory", "http")
ENGINES = ("sqlite", "postgresql")

_GENERATED = 50_000
_REBUILT = {"sqlite": 250_000, "postgresql": 150_000}
_OF_THE_FLOOR = 0.35
_REFIGURED = 20_000
_COMMANDS = {"sqlite": 12_000, "postgresql": 6_000}
_NO_SLOWER = 0.95
"""Hot against spread: less than this is slower, more is within what repeated runs differ by."""
_MEGABYTES = 600
_LONGER = 5
"""Memory is measured on a journal so many times as long too."""
_CALLERS = 64

Databases = Callable[[], str]
"""Where the next new journal goes."""


class Run:
    """What to measure, and how long."""

    def __init__(self, events: int, what: Collection[str], repeats: int) -> None:
        self._events = events
        self._what = what
        self._repeats = repeats
        self._each = max(2, min(400, events // 1000))
        """How many commands each caller gives: few when only a trial is made."""

    def measured(self, engines: Collection[str]) -> dict[str, Any]:
        """The whole answer."""
        answer: dict[str, Any] = {"machine": machine(), "events": self._events, "engines": {}}
        for engine in engines:
            with _databases(engine) as new:
                answer["engines"][engine] = dict(self._figures(engine, new))
        answer["machine"]["loop_ns_at_the_end"] = loop_ns()
        return answer

    def _figures(self, engine: str, new: Databases) -> Iterator[tuple[str, Figures]]:
        if set(self._what) - {"commands", "http"}:
            database = new()
            filled = self._told(engine, "generate", "fill", database=database, events=self._events)
            if "generate" in self._what:
                yield "generate", rate([filled], "events", _GENERATED)
            folded = [self._told(engine, "rebuild", "fold", database=database)]
            if "rebuild" in self._what:
                yield from self._rebuild(engine, database)
            if "refigure" in self._what:
                yield from self._refigure(engine, database)
            if "memory" in self._what:
                yield from self._memory(engine, new, folded)
        if "commands" in self._what:
            yield from self._commands(engine, new)
        if "http" in self._what:
            yield from Served(engine, new, events=self._events, repeats=self._repeats).figures()

    def _rebuild(self, engine: str, database: str) -> Iterator[tuple[str, Figures]]:
        folded, scanned = [], []
        for _ in range(self._repeats):
            folded.append(self._told(engine, "rebuild", "fold", database=database))
            scanned.append(self._told(engine, "floor", "scan", database=database))
        yield "rebuild", rate(folded, "events", _REBUILT[engine])
        yield "floor", rate(scanned, "events")
        yield "rebuild_of_floor", share(folded, scanned, "events", _OF_THE_FLOOR)

    def _refigure(self, engine: str, database: str) -> Iterator[tuple[str, Figures]]:
        figured = [self._told(engine, "refigure", "refigure", database=database, turn=n) for n in range(self._repeats)]
        yield "refigure", rate(figured, "relationships", _REFIGURED)

    def _memory(self, engine: str, new: Databases, folded: list[dict[str, Any]]) -> Iterator[tuple[str, Figures]]:
        yield f"memory_at_{folded[0]['events']}", most(folded, _MEGABYTES)
        longer = new()
        filled = self._told(engine, "generate", "fill", database=longer, events=_LONGER * self._events)
        yield f"memory_of_generate_at_{filled['events']}", most([filled], _MEGABYTES)
        refolded = self._told(engine, "rebuild", "fold", database=longer)
        yield f"memory_at_{refolded['events']}", most([refolded], _MEGABYTES)
        yield f"rebuild_at_{refolded['events']}", rate([refolded], "events", _REBUILT[engine])

    def _commands(self, engine: str, new: Databases) -> Iterator[tuple[str, Figures]]:
        spread, hot, single = [], [], []
        for _ in range(self._repeats):
            asked = {"callers": _CALLERS, "each": self._each}
            spread.append(self._told(engine, "commands spread", "commands", database=new(), hot=False, **asked))
            hot.append(self._told(engine, "commands hot", "commands", database=new(), hot=True, **asked))
            single.append(self._told(engine, "commits", "commits", database=new(), times=self._each * 5))
        yield "commands_spread", rate(spread, "commands", _COMMANDS[engine])
        yield "commands_hot", rate(hot, "commands", _COMMANDS[engine])
        yield "commands_hot_of_spread", share(hot, spread, "commands", _NO_SLOWER)
        yield "single_commits", rate(single, "commits")

    def _told(self, engine: str, name: str, task: str, **arguments: Any) -> dict[str, Any]:
        answer = apart(task, **arguments)
        print(f"{engine}: {name} in {answer['seconds']:.2f} s, {answer['peak_rss_mb']} MB", file=sys.stderr)
        return answer


@contextmanager
def _databases(engine: str) -> Iterator[Databases]:
    """New, empty places of this engine, which are gone after the block."""
    if engine == "sqlite":
        with TemporaryDirectory(prefix="journal-bench-") as folder:
            numbers = count(1)
            yield lambda: str(Path(folder, f"journal-{next(numbers)}.db"))
        return
    from contextlib import ExitStack

    from scripts.postgres import temporary_database, temporary_postgres

    with temporary_postgres() as server, ExitStack() as stack:
        yield lambda: stack.enter_context(temporary_database(server))
