"""Rebuild: the views made again from the journal, beside the live ones, and then put in their place.

When only the figures or the rules have changed, the records stay, and the figures are made again where they are;
unless the records cannot be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from domain.journal.database import Connection, Failure
from domain.journal.journal import Journal
from domain.rules import Rules
from projections import checksums, tables
from projections.changing import Images
from projections.follower import Follower, advance
from projections.generations import Generations, OutdatedViews, Unusable
from projections.meta import Made, Meta
from projections.rebuild.building import Builder, Progress, quietly
from projections.rebuild.refiguring import refigure

_FAR = 50_000
"""Behind by so many events, views are folded again sooner than they catch up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """In which generation records may stay, so that only figures are made (None: the journal is folded), and why."""

    records_of: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made. `events` is the journal's length at the start; `seconds` go from the call to the swap."""

    events: int
    seconds: float
    position: int
    generation: int
    views: list[dict[str, object]]
    why: str


def plan(journal: Journal, rules: Rules | None = None) -> Plan:
    """What must be made again: figures only, when the live records are as we would fold them."""
    generations = Generations(journal)
    try:
        with generations.reading() as (_, (meta, *_)):
            generations.same_past(meta)
            ours = Made.by(rules or Rules())
            stay = meta.folds == ours.folds and meta.figures != ours.figures
            stay = stay and journal.position() - meta.position < _FAR
            return Plan(meta.generation if stay else None, meta.made.against(ours) or "it was asked for")
    except Unusable as unusable:
        return Plan(None, str(unusable))


def rebuild(
    journal: Journal,
    *,
    rules: Rules | None = None,
    workers: int | None = None,
    accept: bool = False,
    progress: Progress = quietly,
    planned: Plan | None = None,
) -> Rebuilt:
    """Make a new generation and swap it in, or make only new figures, as planned (by default, as `plan` says).

    `workers` are processes; 1 does the work in this one, as is done by default when there is little of it.

    `PoisonEvent` when an event cannot be folded, unless that is accepted: then its root is frozen. Whatever goes wrong,
    the live generation stays as it was. Readers notice nothing.
    """
    began = monotonic()
    rules = rules or Rules()
    planned = planned or plan(journal, rules)
    generations = Generations(journal)
    generations.tidy()
    events = journal.position()
    if planned.records_of is not None and _refigured(generations, planned.records_of, rules, workers, progress):
        Follower(journal, rules).catch_up(events)
        return _made(generations, planned.records_of, events, began, planned.why)
    with generations.start() as claim:
        try:
            Builder(generations, claim.number, rules, workers, progress).fold(events, accept=accept)
            _swap(generations, claim.number, rules)
        except BaseException:
            generations.place.remove(claim.number)
            raise
        made = _made(generations, claim.number, events, began, planned.why)
    generations.tidy()
    return made


def roll_back(journal: Journal, rules: Rules | None = None) -> int:
    """Point back at the generation before the current one, brought up to date first; its number."""
    rules = rules or Rules()
    generations = Generations(journal)
    with generations.reading() as (_, (meta, *_)):
        previous = meta.previous
    claim = generations.place.hold(previous) if previous is not None else None
    if previous is None or claim is None:
        raise Unusable("there is no generation before this one to go back to")
    with claim:
        with generations.snapshot(previous) as (_, (its, *_)):
            generations.same_past(its)
            if reason := its.made.against(Made.by(rules)):
                raise OutdatedViews(f"generation {previous} of the views cannot be brought up to date: {reason}")
        _swap(generations, previous, rules)
    return previous


def summary(views: Connection) -> list[dict[str, object]]:
    """Name, rows and checksum of every view."""
    told = []
    for table in tables.TABLES:
        rows, checksum = checksums.of_table(views, table)
        told.append({"name": table.name, "rows": rows, "checksum": checksum})
    return told


def _refigured(generations: Generations, number: int, rules: Rules, workers: int | None, progress: Progress) -> bool:
    """Whether its figures were made again where they are; not where its records cannot be read."""
    try:
        return refigure(generations, number, rules, workers, progress)
    except (Failure, Unusable, LookupError, TypeError, ValueError, AttributeError):
        return False


def _made(generations: Generations, number: int, events: int, began: float, why: str) -> Rebuilt:
    seconds = monotonic() - began
    with generations.snapshot(number) as (views, (meta, *_)):
        return Rebuilt(events, seconds, meta.position, number, summary(views), why)


def _swap(generations: Generations, number: int, rules: Rules) -> None:
    """Bring a generation to the journal's end and make it the current one; the old one does not move meanwhile."""
    with generations.connect(number) as views:
        while True:
            advance(generations.journal, views, Images(rules), generations.journal.position())
            old = generations.current()
            with _held(generations, old):
                advance(generations.journal, views, Images(rules), generations.journal.position())
                views.execute("UPDATE meta SET previous = ?", (old,))
                if generations.point(old, number):
                    return


@contextmanager
def _held(generations: Generations, number: int | None) -> Iterator[None]:
    """No follower moves this generation in the block; one that cannot be used does not move anyway."""
    try:
        views = generations.connect(number) if number is not None else None
    except Unusable:
        views = None
    if views is None:
        yield
        return
    with views:
        try:
            views.begin(write=True)
            Meta.read(views, locking=True)
        except (Failure, ValueError):
            views.rollback()
        yield
        views.rollback()
