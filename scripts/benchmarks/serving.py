"""How fast the served journal is: commands beside a bare route, the lag of the views, dashboards, and one replay."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from itertools import cycle
from secrets import token_hex
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from api.identity import Identity, Tokens
from domain.decider import Command
from domain.journal import Caller, Journal, Wish
from domain.participant import RegisterParticipant
from domain.relationship import HoldSession, Pair
from projections.views import Views
from scripts.benchmarks.report import Figures, rate, share
from scripts.generate import generate

RELATIONSHIPS = 36_000
_PER_RELATIONSHIP = 24
_CONNECTIONS = 64
_READERS = 16
_PAIRS = 16 * _CONNECTIONS
_REPLAYED = 150
_OF_BARE = {"sqlite": 0.35, "postgresql": 0.2}
_WISH_MS, _LAG_MS, _DASHBOARD_MS, _REPLAY_MS = 50, 100, 20, 10
_TIMES_FASTER = 3
_HELP_SECONDS = 0.4
_YEARS, _UNTIL, _SEED = 2, date(2026, 6, 30), 1
_START = date(1900, 1, 1)
_CALLER = Caller("bench", "administrator", "bench")

Databases = Callable[[], str]
Measured = dict[str, Any]


class Served:
    """The figures of one engine."""

    def __init__(self, engine: str, new: Databases, *, events: int, repeats: int) -> None:
        self._engine = engine
        self._new = new
        self._repeats = repeats
        self._seconds = min(6.0, max(0.3, events / 150_000))
        self._relationships = min(RELATIONSHIPS, max(20, events // _PER_RELATIONSHIP))

    def figures(self) -> Iterator[tuple[str, Figures]]:
        """Name by name."""
        yield from self._commands()
        yield from self._questions()
        if self._engine == "sqlite":
            yield "help", slowest([_help_seconds() for _ in range(3 * self._repeats)], "s", _HELP_SECONDS)

    def _commands(self) -> Iterator[tuple[str, Figures]]:
        bare: list[Measured] = []
        ours: list[Measured] = []
        for _ in range(self._repeats):
            pairs = [str(uuid4()) for _ in range(_PAIRS + 1)]
            with _bare(self._new()) as port:
                bare.append(self._load(port, "", sessions=pairs, connections=_CONNECTIONS))
            database = self._new()
            _paired(database, pairs)
            with _served(database) as (port, token):
                asked = {"sessions": pairs[1:], "connections": _CONNECTIONS, "probe": pairs[0]}
                ours.append(self._load(port, token, **asked))
        yield "http_bare", rate(bare, "requests")
        yield "http_commands", rate(ours, "requests")
        yield "http_commands_of_bare", share(ours, bare, "requests", _OF_BARE[self._engine])
        yield "http_bare_p99", slowest([one["p99"] for one in bare])
        yield "http_commands_p99", slowest([one["p99"] for one in ours], target=_WISH_MS)
        yield "http_lag_p50", slowest([one["lag_p50"] for one in ours])
        yield "http_lag_p99", slowest([one["lag_p99"] for one in ours], target=_LAG_MS)

    def _questions(self) -> Iterator[tuple[str, Figures]]:
        database, pair = self._new(), str(uuid4())
        with Journal.create(database) as journal:
            generate(journal, relationships=self._relationships, years=_YEARS, until=_UNTIL, seed=_SEED)
            _long(journal, pair)
            views = Views(journal)
            views.make_ready()
            with views.read() as view:
                programs = view.execute(
                    "SELECT DISTINCT program FROM relationships WHERE program IS NOT NULL ORDER BY program"
                )
                mentors = view.execute("SELECT DISTINCT mentor FROM relationships ORDER BY mentor LIMIT 300")
        pairs = zip(cycle(programs), mentors, strict=False)
        kinds = [(f"/v1/programs/{program}/dashboard", f"/v1/mentors/{id}/dashboard") for (program,), (id,) in pairs]
        dashboards = [path for both in kinds for path in both]
        moment = quote(datetime.now(UTC).isoformat())
        replay = f"/v1/relationships/{pair}/at?as_of=2025-01-01&known_at={moment}"
        with _served(database) as (port, token):
            asked, known, replayed = [], [], []
            for _ in range(self._repeats):
                asked.append(self._load(port, token, paths=dashboards, connections=_READERS))
                known.append(self._load(port, token, paths=dashboards[:8], connections=_READERS, tagged=True))
                replayed.append(self._load(port, token, paths=[replay], connections=1))
        yield f"http_dashboards_at_{self._relationships}", rate(asked, "requests")
        yield "http_dashboards_p99", slowest([one["p99"] for one in asked], target=_DASHBOARD_MS)
        yield "http_dashboards_first_p99", slowest([asked[0]["p99"]])
        yield "http_unchanged", rate(known, "requests")
        yield "http_unchanged_of_asked", share(known, asked, "requests", _TIMES_FASTER)
        yield "http_replay_p99", slowest([one["p99"] for one in replayed], target=_REPLAY_MS)

    def _load(self, port: int, token: str, **plan: Any) -> Measured:
        plan |= {"port": port, "token": token, "seconds": self._seconds}
        command = [sys.executable, "-P", "-m", "scripts.benchmarks.loading"]
        ended = subprocess.run(command, check=True, input=json.dumps(plan).encode(), stdout=subprocess.PIPE)
        told: Measured = json.loads(ended.stdout)
        what = f"{told['requests']} {'wishes' if 'sessions' in plan else 'questions'}"
        how = f"on {plan['connections']} connections in {told['seconds']:.2f} s, p99 {told['p99']} ms"
        print(f"{self._engine}: {what} {how}", file=sys.stderr)
        return told


def slowest(values: list[float], unit: str = "ms", target: float | None = None) -> Figures:
    """The middle of these times. The target is a limit."""
    middle = round(median(values), 3)
    figure = {"median": middle, "min": min(values), "max": max(values), "unit": unit, "runs": len(values)}
    return figure if target is None else figure | {"target": target, "met": middle <= target}


def _paired(database: str, relationships: list[str]) -> None:
    """A journal with these relationships, and its views."""
    with Journal.create(database) as journal:
        asked = [journal.writer.submit(Wish(one, _CALLER)) for id in relationships for one in _pairing(id)]
        for answer in asked:
            answer.result()
        Views(journal).make_ready()


def _pairing(relationship: str) -> list[Command]:
    mentor, mentee = str(uuid4()), str(uuid4())
    pair = Pair(id=relationship, mentor=mentor, mentee=mentee, starts_on=_START)
    return [RegisterParticipant(id=mentor), RegisterParticipant(id=mentee), pair]


def _long(journal: Journal, relationship: str) -> None:
    """A relationship of 150 events."""
    days = [date.fromordinal(_START.toordinal() + number) for number in range(_REPLAYED - 1)]
    sessions = [HoldSession(relationship=relationship, session=str(uuid4()), held_on=day, minutes=60) for day in days]
    for command in (*_pairing(relationship), *sessions):
        journal.record(Wish(command, _CALLER))


@contextmanager
def _served(database: str) -> Iterator[tuple[int, str]]:
    """`journal serve` in a process of its own: its port, and an administrator's token."""
    key, port = token_hex(32), _free_port()
    with Journal.open(database) as journal:
        token, _ = Tokens(key, journal.id).sign(Identity("administrator"))
    arguments = ("scripts.cli", "serve", "--port", str(port), "--database", database)
    with _process(arguments, {"JOURNAL_KEY": key}) as process:
        _listens(process, port)
        yield port, token


@contextmanager
def _bare(database: str) -> Iterator[int]:
    port = _free_port()
    with _process(("scripts.benchmarks.bare", str(port), database), {}) as process:
        _listens(process, port)
        yield port


@contextmanager
def _process(arguments: tuple[str, ...], environment: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """It ends with the block. What it logs goes where a disk would have to take it, and is gone."""
    command = [sys.executable, "-P", "-m", *arguments]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={**os.environ, **environment}, **quiet) as process:
        try:
            yield process
        finally:
            process.terminate()


def _listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
        else:
            return
    raise RuntimeError(f"{process.args!r} ended with {process.returncode}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _help_seconds() -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-P", "-m", "scripts.cli", "--help"], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began
