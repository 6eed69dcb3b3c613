"""Check: whether the live views equal their rebuilt twins, and the journal its hashes. Nothing is put right."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from domain.journal.database import Connection, Row
from domain.journal.journal import Journal
from domain.rules import Rules
from projections import checksums, tables
from projections.follower import frozen
from projections.generations import Generations, RestoredJournal, Unusable
from projections.meta import Made
from projections.rebuild.building import Builder, Progress, quietly

_SHOWN = 20
_GAP = "position:"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs. `column` says where in a record; it is `row` when a whole row is on one side only."""

    key: str
    column: str
    live: Any
    rebuilt: Any


@dataclass(frozen=True, slots=True)
class Compared:
    """One view: the checksums of both sides, and the first differences."""

    name: str
    equal: bool
    live: str
    rebuilt: str
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with the journal, and from which position on (0: with the tables themselves)."""

    position: int
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """`equal`: the views are as the journal says, and the journal is as it was written."""

    equal: bool
    position: int
    gaps: list[Found] = field(default_factory=list)
    unreadable: list[Found] = field(default_factory=list)
    views: list[Compared] = field(default_factory=list)


def check(
    journal: Journal, *, rules: Rules | None = None, workers: int | None = None, progress: Progress = quietly
) -> Checked:
    """Fold the journal into a twin of the live views, as of one position, and compare every row, byte for byte."""
    generations = Generations(journal)
    generations.tidy()
    with generations.reading() as (live, (meta, *_)):
        position = min(meta.position, journal.position())
        found = [Found(*finding) for finding in journal.verify(position)]
        try:
            generations.same_past(meta)
        except RestoredJournal as restored:
            found.append(Found(meta.position, str(restored)))
        with generations.start() as claim:
            try:
                builder = Builder(generations, claim.number, rules or Rules(), workers, progress)
                builder.fold(position, accept=True, whole=False)
                with generations.snapshot(claim.number) as (twin, _):
                    views = [_compared(table, live, twin) for table in tables.TABLES]
            finally:
                generations.place.remove(claim.number)
    gaps = [one for one in found if one.what.startswith(_GAP)]
    unreadable = [one for one in found if one not in gaps]
    return Checked(not found and all(view.equal for view in views), position, gaps, unreadable, views)


def status(journal: Journal, rules: Rules | None = None) -> dict[str, Any]:
    """Where the journal and its views stand; `problem` says why the views cannot be used, if they cannot."""
    generations = Generations(journal)
    last = journal.position()
    answer = {"journal": journal.id, "epoch": journal.epoch, "position": last, "generation": generations.current()}
    try:
        with generations.reading() as (views, (meta, *_)):
            generations.same_past(meta)
            problem = meta.made.against(Made.by(rules or Rules()))
            return {
                **answer,
                "views": [_standing(views, table, meta.position, last) for table in tables.TABLES],
                "problem": problem or None,
            }
    except Unusable as unusable:
        return {**answer, "views": [], "problem": str(unusable)}


def _standing(views: Connection, table: tables.Table, position: int, last: int) -> dict[str, Any]:
    rows, checksum = checksums.of_table(views, table)
    nouns = [noun for noun, home in tables.HOMES.items() if home is table]
    if not nouns:
        nouns = ["relationship"] if table is tables.PEOPLE else list(tables.HOMES)
    return {
        "name": table.name,
        "position": position,
        "lag": last - position,
        "rows": rows,
        "checksum": checksum,
        "frozen": [poison._asdict() for poison in frozen(views) if poison.noun in nouns],
    }


def _compared(table: tables.Table, live: Connection, twin: Connection) -> Compared:
    sums, shown = [0, 0], list[Difference]()
    equal = True
    for ours, theirs in _side_by_side(table, live, twin):
        digests = [checksums.digest(row) if row else 0 for row in (ours, theirs if theirs != ours else None)]
        if ours == theirs:
            digests[1] = digests[0]
        else:
            equal = False
            shown += islice(_differences(table, ours, theirs), _SHOWN - len(shown))
        sums = [total + digest for total, digest in zip(sums, digests, strict=True)]
    return Compared(table.name, equal, checksums.combined(sums[:1]), checksums.combined(sums[1:]), shown)


def _side_by_side(table: tables.Table, live: Connection, twin: Connection) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of both sides by key; None where one side has no such row."""
    left, right = _rows(table, live), _rows(table, twin)
    ours, theirs = next(left, None), next(right, None)
    while ours or theirs:
        if theirs is None or (ours and ours[: table.key] < theirs[: table.key]):
            yield ours, None
            ours = next(left, None)
        elif ours is None or ours[: table.key] > theirs[: table.key]:
            yield None, theirs
            theirs = next(right, None)
        else:
            yield ours, theirs
            ours, theirs = next(left, None), next(right, None)


def _rows(table: tables.Table, connection: Connection) -> Iterator[Row]:
    key = ", ".join(table.names[: table.key])
    for rows in connection.stream(f"SELECT {', '.join(table.names)} FROM {table.name} ORDER BY {key}", size=500):
        yield from rows


def _differences(table: tables.Table, ours: Row | None, theirs: Row | None) -> Iterator[Difference]:
    row = ours or theirs
    assert row
    key = " ".join(map(str, row[: table.key]))
    if ours is None or theirs is None:
        said = ["missing" if side is None else "there" for side in (ours, theirs)]
        yield Difference(key, "row", *said)
        return
    for name, mine, other in zip(table.names, ours, theirs, strict=True):
        if mine != other:
            for path, one, another in _within(name, *_parsed(name, mine, other)):
                yield Difference(key, path, one, another)


def _parsed(name: str, *bodies: Any) -> tuple[Any, ...]:
    """Records as values, unless one is no JSON or both say the same in other bytes."""
    try:
        values = tuple(map(orjson.loads, bodies)) if name == "record" else bodies
    except orjson.JSONDecodeError:
        return bodies
    return values if values[0] != values[1] else bodies


def _within(path: str, mine: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    """The innermost values that differ, and where they are: `record.sessions.<id>.minutes`."""
    if isinstance(mine, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*mine, *other)):
            if mine.get(name) != other.get(name):
                yield from _within(f"{path}.{name}", mine.get(name), other.get(name))
    elif isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        for place, (one, another) in enumerate(zip(mine, other, strict=True)):
            if one != another:
                yield from _within(f"{path}.{place}", one, another)
    else:
        yield path, mine, other
