"""One root at a time: its record after more events, what that changes in the views, and what a poison event spares.

A poison event is one that its root's record cannot take. The root is then frozen as it was before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from domain.journal.database import Row
from domain.journal.entry import Entry
from domain.rules import Rules
from projections import tables
from projections.figures.totals import Contributed
from projections.records import FOLDS, NOUNS, Record, fold


class Poison(NamedTuple):
    """The event that a root's record could not take, and why."""

    root: str
    noun: str
    position: int
    reason: str


class PoisonEvent(Exception):
    """An event cannot be folded, and nobody said that this is acceptable."""

    def __init__(self, poison: Poison) -> None:
        super().__init__(poison)
        self.poison = poison

    def __str__(self) -> str:
        return (
            f"the event at position {self.poison.position} cannot be folded into {self.poison.noun} "
            f"{self.poison.root}: {self.poison.reason}"
        )


@dataclass(frozen=True, slots=True)
class Image:
    """All that one root has in the views: the row of its record, its rows of people, what it adds to the sums."""

    record: Record
    """To be folded on, which changes it; the rest of the image then still shows what was before."""
    row: Row
    people: tuple[Row, ...]
    contributed: Contributed

    @classmethod
    def of(cls, noun: str, record: Record, rules: Rules) -> "Image":
        people = tuple(tables.people(noun, record))
        return cls(record, tables.row(noun, record), people, Contributed.of(noun, record, rules))

    @property
    def root(self) -> str:
        return str(self.row[0])

    @property
    def body(self) -> str:
        """The record as it is stored."""
        return str(self.row[-1])


def after(before: Image | None, entries: Sequence[Entry], rules: Rules) -> tuple[str, Image | None, Poison | None]:
    """A root's noun, its image after these entries, and the poison among them; its record before is folded on.

    There is no image when nothing can be folded.
    """
    noun = NOUNS[entries[0].kind]
    try:
        return noun, Image.of(noun, _folded(before.record if before else None, entries), rules), None
    except MemoryError:
        raise
    except Exception:
        return _step_by_step(noun, before.body if before else None, entries, rules)


def _step_by_step(
    noun: str, body: str | None, entries: Sequence[Entry], rules: Rules
) -> tuple[str, Image | None, Poison | None]:
    image = Image.of(noun, orjson.loads(body), rules) if body else None
    for entry in entries:
        try:
            image = Image.of(noun, _folded(orjson.loads(body) if body else None, [entry]), rules)
        except Exception as error:
            reason = f"{entry.kind}: {type(error).__name__}: {error}"
            return noun, image, Poison(entry.root, noun, entry.position, reason)
        body = image.body
    return noun, image, None


def _folded(record: Record | None, entries: Iterable[Entry]) -> Record:
    for e in entries:
        record = fold(record, e.kind, e.data(), e.stream, e.occurred_on, e.source, e.position)
    assert record is not None
    return record


def foldable(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries that folds declare, by root."""
    by_root: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind in FOLDS:
            by_root.setdefault(entry.root, []).append(entry)
    return by_root
